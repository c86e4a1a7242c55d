from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ReceivedLine")


@_attrs_define
class ReceivedLine:
    """So many of one SKU came back and are taken back; so many of those can be sold again.

    Attributes:
        quantity (int):
        resellable (int):
        sku (str):
    """

    quantity: int
    resellable: int
    sku: str

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        resellable = self.resellable

        sku = self.sku

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "quantity": quantity,
                "resellable": resellable,
                "sku": sku,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quantity = d.pop("quantity")

        resellable = d.pop("resellable")

        sku = d.pop("sku")

        received_line = cls(
            quantity=quantity,
            resellable=resellable,
            sku=sku,
        )

        return received_line
