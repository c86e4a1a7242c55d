from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.taken_from import TakenFrom


T = TypeVar("T", bound="ReservedLine")


@_attrs_define
class ReservedLine:
    """A line of a reservation: of its quantity, so many have left and so many were put back. The rest is set aside.

    Attributes:
        quantity (int):
        sku (str):
        fulfilled (int | Unset):  Default: 0.
        released (int | Unset):  Default: 0.
        taken_from (list[TakenFrom] | Unset): By the code of the location.
    """

    quantity: int
    sku: str
    fulfilled: int | Unset = 0
    released: int | Unset = 0
    taken_from: list[TakenFrom] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        sku = self.sku

        fulfilled = self.fulfilled

        released = self.released

        taken_from: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.taken_from, Unset):
            taken_from = []
            for taken_from_item_data in self.taken_from:
                taken_from_item = taken_from_item_data.to_dict()
                taken_from.append(taken_from_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quantity": quantity,
                "sku": sku,
            }
        )
        if fulfilled is not UNSET:
            field_dict["fulfilled"] = fulfilled
        if released is not UNSET:
            field_dict["released"] = released
        if taken_from is not UNSET:
            field_dict["taken_from"] = taken_from

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.taken_from import TakenFrom  # noqa: PLC0415

        d = dict(src_dict)
        quantity = d.pop("quantity")

        sku = d.pop("sku")

        fulfilled = d.pop("fulfilled", UNSET)

        released = d.pop("released", UNSET)

        _taken_from = d.pop("taken_from", UNSET)
        taken_from: list[TakenFrom] | Unset = UNSET
        if _taken_from is not UNSET:
            taken_from = []
            for taken_from_item_data in _taken_from:
                taken_from_item = TakenFrom.from_dict(taken_from_item_data)

                taken_from.append(taken_from_item)

        reserved_line = cls(
            quantity=quantity,
            sku=sku,
            fulfilled=fulfilled,
            released=released,
            taken_from=taken_from,
        )

        reserved_line.additional_properties = d
        return reserved_line

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
