from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Counted")


@_attrs_define
class Counted:
    """How many of the SKU in the path there are.

    Attributes:
        expected_quantity (int): on_hand when the count began. Another number since then: 409.
        quantity (int):
        reference (str):
        location (str | Unset):  Default: 'main'.
    """

    expected_quantity: int
    quantity: int
    reference: str
    location: str | Unset = "main"

    def to_dict(self) -> dict[str, Any]:
        expected_quantity = self.expected_quantity

        quantity = self.quantity

        reference = self.reference

        location = self.location

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "expected_quantity": expected_quantity,
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
        expected_quantity = d.pop("expected_quantity")

        quantity = d.pop("quantity")

        reference = d.pop("reference")

        location = d.pop("location", UNSET)

        counted = cls(
            expected_quantity=expected_quantity,
            quantity=quantity,
            reference=reference,
            location=location,
        )

        return counted
