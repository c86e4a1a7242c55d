from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="SetPreference")


@_attrs_define
class SetPreference:
    """Whether an address wants letters of one template.

    Attributes:
        address (str):
        template (str):
        wanted (bool):
    """

    address: str
    template: str
    wanted: bool

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        template = self.template

        wanted = self.wanted

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "address": address,
                "template": template,
                "wanted": wanted,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        template = d.pop("template")

        wanted = d.pop("wanted")

        set_preference = cls(
            address=address,
            template=template,
            wanted=wanted,
        )

        return set_preference
