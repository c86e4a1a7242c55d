from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.adjust_stock_reason import AdjustStockReason
from ..types import UNSET, Unset

T = TypeVar("T", bound="AdjustStock")


@_attrs_define
class AdjustStock:
    """So many more or fewer than the books say, and why.

    Attributes:
        change (int): Less than zero: fewer.
        reference (str):
        sku (str):
        location (str | Unset):  Default: 'main'.
        reason (AdjustStockReason | Unset):  Default: AdjustStockReason.ADJUSTED.
    """

    change: int
    reference: str
    sku: str
    location: str | Unset = "main"
    reason: AdjustStockReason | Unset = AdjustStockReason.ADJUSTED
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        change = self.change

        reference = self.reference

        sku = self.sku

        location = self.location

        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "change": change,
                "reference": reference,
                "sku": sku,
            }
        )
        if location is not UNSET:
            field_dict["location"] = location
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        change = d.pop("change")

        reference = d.pop("reference")

        sku = d.pop("sku")

        location = d.pop("location", UNSET)

        _reason = d.pop("reason", UNSET)
        reason: AdjustStockReason | Unset
        if isinstance(_reason, Unset):
            reason = UNSET
        else:
            reason = AdjustStockReason(_reason)

        adjust_stock = cls(
            change=change,
            reference=reference,
            sku=sku,
            location=location,
            reason=reason,
        )

        adjust_stock.additional_properties = d
        return adjust_stock

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
