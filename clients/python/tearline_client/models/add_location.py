from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AddLocation")


@_attrs_define
class AddLocation:
    """A place where goods are going to lie.

    Attributes:
        code (str):
        name (str):
        priority (int | Unset):  Default: 100.
    """

    code: str
    name: str
    priority: int | Unset = 100

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        priority = self.priority

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "name": name,
            }
        )
        if priority is not UNSET:
            field_dict["priority"] = priority

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        priority = d.pop("priority", UNSET)

        add_location = cls(
            code=code,
            name=name,
            priority=priority,
        )

        return add_location
