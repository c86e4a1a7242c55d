from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

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
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expected_quantity = self.expected_quantity

        quantity = self.quantity

        reference = self.reference

        location = self.location

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
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

        counted.additional_properties = d
        return counted

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
