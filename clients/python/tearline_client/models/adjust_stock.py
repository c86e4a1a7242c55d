from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

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

    def to_dict(self) -> dict[str, Any]:
        change = self.change

        reference = self.reference

        sku = self.sku

        location = self.location

        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        field_dict: dict[str, Any] = {}

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

        return adjust_stock
