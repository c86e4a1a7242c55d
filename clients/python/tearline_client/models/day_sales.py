from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="DaySales")


@_attrs_define
class DaySales:
    """What happened to orders on one day (UTC), in one currency. A confirmed order was placed then or earlier.

    What is cancelled or given back later is not taken off.

        Attributes:
            cancelled (int):
            confirmed (int):
            day (datetime.date):
            pieces (int): Of the orders that were confirmed on this day.
            placed (int):
            revenue (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
    """

    cancelled: int
    confirmed: int
    day: datetime.date
    pieces: int
    placed: int
    revenue: Money
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cancelled = self.cancelled

        confirmed = self.confirmed

        day = self.day.isoformat()

        pieces = self.pieces

        placed = self.placed

        revenue = self.revenue.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cancelled": cancelled,
                "confirmed": confirmed,
                "day": day,
                "pieces": pieces,
                "placed": placed,
                "revenue": revenue,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        cancelled = d.pop("cancelled")

        confirmed = d.pop("confirmed")

        day = datetime.date.fromisoformat(d.pop("day"))

        pieces = d.pop("pieces")

        placed = d.pop("placed")

        revenue = Money.from_dict(d.pop("revenue"))

        day_sales = cls(
            cancelled=cancelled,
            confirmed=confirmed,
            day=day,
            pieces=pieces,
            placed=placed,
            revenue=revenue,
        )

        day_sales.additional_properties = d
        return day_sales

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
