from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Limits")


@_attrs_define
class Limits:
    """Of the SKU in the path at one location.

    Attributes:
        backorder_limit (int): So many more than there are may be promised.
        reorder_point (int | None): Announce when so many or fewer are available.
        location (str | Unset):  Default: 'main'.
    """

    backorder_limit: int
    reorder_point: int | None
    location: str | Unset = "main"

    def to_dict(self) -> dict[str, Any]:
        backorder_limit = self.backorder_limit

        reorder_point: int | None
        reorder_point = self.reorder_point

        location = self.location

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "backorder_limit": backorder_limit,
                "reorder_point": reorder_point,
            }
        )
        if location is not UNSET:
            field_dict["location"] = location

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        backorder_limit = d.pop("backorder_limit")

        def _parse_reorder_point(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reorder_point = _parse_reorder_point(d.pop("reorder_point"))

        location = d.pop("location", UNSET)

        limits = cls(
            backorder_limit=backorder_limit,
            reorder_point=reorder_point,
            location=location,
        )

        return limits
