from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StockDifference")


@_attrs_define
class StockDifference:
    """A SKU at a location whose row, ledger and reservations disagree.

    on_hand and reserved: of the row. ledger_…: what its movements add up to. promised: what reservations still hold.

        Attributes:
            ledger_on_hand (int):
            ledger_reserved (int):
            location (str):
            on_hand (int):
            promised (int):
            reserved (int):
            sku (str):
    """

    ledger_on_hand: int
    ledger_reserved: int
    location: str
    on_hand: int
    promised: int
    reserved: int
    sku: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ledger_on_hand = self.ledger_on_hand

        ledger_reserved = self.ledger_reserved

        location = self.location

        on_hand = self.on_hand

        promised = self.promised

        reserved = self.reserved

        sku = self.sku

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ledger_on_hand": ledger_on_hand,
                "ledger_reserved": ledger_reserved,
                "location": location,
                "on_hand": on_hand,
                "promised": promised,
                "reserved": reserved,
                "sku": sku,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ledger_on_hand = d.pop("ledger_on_hand")

        ledger_reserved = d.pop("ledger_reserved")

        location = d.pop("location")

        on_hand = d.pop("on_hand")

        promised = d.pop("promised")

        reserved = d.pop("reserved")

        sku = d.pop("sku")

        stock_difference = cls(
            ledger_on_hand=ledger_on_hand,
            ledger_reserved=ledger_reserved,
            location=location,
            on_hand=on_hand,
            promised=promised,
            reserved=reserved,
            sku=sku,
        )

        stock_difference.additional_properties = d
        return stock_difference

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
