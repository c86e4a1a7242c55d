from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.location_level import LocationLevel


T = TypeVar("T", bound="StockLevel")


@_attrs_define
class StockLevel:
    """on_hand lie on the shelf, reserved of them are set aside, available is the difference.

    In all locations together. Below zero, available says how many were promised that have yet to come in.

        Attributes:
            available (int):
            on_hand (int):
            reserved (int):
            sku (str):
            by_location (list[LocationLevel] | Unset):
            version (int | None | Unset): Grows with each change of its limits, at any location. Null: it was never here, or
                told before there were any.
    """

    available: int
    on_hand: int
    reserved: int
    sku: str
    by_location: list[LocationLevel] | Unset = UNSET
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        available = self.available

        on_hand = self.on_hand

        reserved = self.reserved

        sku = self.sku

        by_location: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_location, Unset):
            by_location = []
            for by_location_item_data in self.by_location:
                by_location_item = by_location_item_data.to_dict()
                by_location.append(by_location_item)

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "available": available,
                "on_hand": on_hand,
                "reserved": reserved,
                "sku": sku,
            }
        )
        if by_location is not UNSET:
            field_dict["by_location"] = by_location
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.location_level import LocationLevel  # noqa: PLC0415

        d = dict(src_dict)
        available = d.pop("available")

        on_hand = d.pop("on_hand")

        reserved = d.pop("reserved")

        sku = d.pop("sku")

        _by_location = d.pop("by_location", UNSET)
        by_location: list[LocationLevel] | Unset = UNSET
        if _by_location is not UNSET:
            by_location = []
            for by_location_item_data in _by_location:
                by_location_item = LocationLevel.from_dict(by_location_item_data)

                by_location.append(by_location_item)

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        stock_level = cls(
            available=available,
            on_hand=on_hand,
            reserved=reserved,
            sku=sku,
            by_location=by_location,
            version=version,
        )

        stock_level.additional_properties = d
        return stock_level

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
