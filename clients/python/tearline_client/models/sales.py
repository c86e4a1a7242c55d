from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.day_sales import DaySales


T = TypeVar("T", bound="Sales")


@_attrs_define
class Sales:
    """Sales by day and currency, without days on which nothing happened.

    Attributes:
        as_of (datetime.datetime): All that happened before this moment is counted.
        days (list[DaySales]):
        lag_seconds (float): How long ago that is, 0 when nothing is missing.
        waiting (int): How many changes of orders are not counted yet.
    """

    as_of: datetime.datetime
    days: list[DaySales]
    lag_seconds: float
    waiting: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        lag_seconds = self.lag_seconds

        waiting = self.waiting

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "days": days,
                "lag_seconds": lag_seconds,
                "waiting": waiting,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.day_sales import DaySales  # noqa: PLC0415

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = DaySales.from_dict(days_item_data)

            days.append(days_item)

        lag_seconds = d.pop("lag_seconds")

        waiting = d.pop("waiting")

        sales = cls(
            as_of=as_of,
            days=days,
            lag_seconds=lag_seconds,
            waiting=waiting,
        )

        sales.additional_properties = d
        return sales

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
