from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LocationLevel")


@_attrs_define
class LocationLevel:
    """How many of a SKU lie at one location.

    `backorder_limit` more than there are may be set aside. When `available` falls to `reorder_point` it is announced.

        Attributes:
            available (int):
            backorder_limit (int):
            location (str):
            on_hand (int):
            reorder_point (int | None):
            reserved (int):
    """

    available: int
    backorder_limit: int
    location: str
    on_hand: int
    reorder_point: int | None
    reserved: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        available = self.available

        backorder_limit = self.backorder_limit

        location = self.location

        on_hand = self.on_hand

        reorder_point: int | None
        reorder_point = self.reorder_point

        reserved = self.reserved

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "available": available,
                "backorder_limit": backorder_limit,
                "location": location,
                "on_hand": on_hand,
                "reorder_point": reorder_point,
                "reserved": reserved,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        available = d.pop("available")

        backorder_limit = d.pop("backorder_limit")

        location = d.pop("location")

        on_hand = d.pop("on_hand")

        def _parse_reorder_point(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reorder_point = _parse_reorder_point(d.pop("reorder_point"))

        reserved = d.pop("reserved")

        location_level = cls(
            available=available,
            backorder_limit=backorder_limit,
            location=location,
            on_hand=on_hand,
            reorder_point=reorder_point,
            reserved=reserved,
        )

        location_level.additional_properties = d
        return location_level

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
