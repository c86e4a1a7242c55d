from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.adjust_stock import AdjustStock


T = TypeVar("T", bound="AdjustStockBatch")


@_attrs_define
class AdjustStockBatch:
    """Adjustments that are made each by itself: one that is refused keeps no other from being made.

    Attributes:
        adjustments (list[AdjustStock]):
    """

    adjustments: list[AdjustStock]

    def to_dict(self) -> dict[str, Any]:
        adjustments = []
        for adjustments_item_data in self.adjustments:
            adjustments_item = adjustments_item_data.to_dict()
            adjustments.append(adjustments_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "adjustments": adjustments,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.adjust_stock import AdjustStock  # noqa: PLC0415

        d = dict(src_dict)
        adjustments = []
        _adjustments = d.pop("adjustments")
        for adjustments_item_data in _adjustments:
            adjustments_item = AdjustStock.from_dict(adjustments_item_data)

            adjustments.append(adjustments_item)

        adjust_stock_batch = cls(
            adjustments=adjustments,
        )

        return adjust_stock_batch
