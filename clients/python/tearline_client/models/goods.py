from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Goods")


@_attrs_define
class Goods:
    """What came in, of the SKU in the path.

    Attributes:
        quantity (int):
        reference (str): With what they came.
        location (str | Unset):  Default: 'main'.
    """

    quantity: int
    reference: str
    location: str | Unset = "main"

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        reference = self.reference

        location = self.location

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "quantity": quantity,
                "reference": reference,
            }
        )
        if location is not UNSET:
            field_dict["location"] = location

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quantity = d.pop("quantity")

        reference = d.pop("reference")

        location = d.pop("location", UNSET)

        goods = cls(
            quantity=quantity,
            reference=reference,
            location=location,
        )

        return goods
