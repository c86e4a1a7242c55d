from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="ReturnLine")


@_attrs_define
class ReturnLine:
    """Of one SKU: so many are to come back, came back, can be sold again; and what was paid for those that came.

    Attributes:
        amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        quantity (int):
        received (int):
        resellable (int):
        sku (str):
    """

    amount: Money
    quantity: int
    received: int
    resellable: int
    sku: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount.to_dict()

        quantity = self.quantity

        received = self.received

        resellable = self.resellable

        sku = self.sku

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "quantity": quantity,
                "received": received,
                "resellable": resellable,
                "sku": sku,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        quantity = d.pop("quantity")

        received = d.pop("received")

        resellable = d.pop("resellable")

        sku = d.pop("sku")

        return_line = cls(
            amount=amount,
            quantity=quantity,
            received=received,
            resellable=resellable,
            sku=sku,
        )

        return_line.additional_properties = d
        return return_line

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
