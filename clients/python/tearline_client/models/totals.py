from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="Totals")


@_attrs_define
class Totals:
    """total = lines + shipping + tax - discount. All but the tax and the total are without tax.

    Attributes:
        discount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        lines (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        shipping (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        tax (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        total (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
    """

    discount: Money
    lines: Money
    shipping: Money
    tax: Money
    total: Money
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        discount = self.discount.to_dict()

        lines = self.lines.to_dict()

        shipping = self.shipping.to_dict()

        tax = self.tax.to_dict()

        total = self.total.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "discount": discount,
                "lines": lines,
                "shipping": shipping,
                "tax": tax,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        discount = Money.from_dict(d.pop("discount"))

        lines = Money.from_dict(d.pop("lines"))

        shipping = Money.from_dict(d.pop("shipping"))

        tax = Money.from_dict(d.pop("tax"))

        total = Money.from_dict(d.pop("total"))

        totals = cls(
            discount=discount,
            lines=lines,
            shipping=shipping,
            tax=tax,
            total=total,
        )

        totals.additional_properties = d
        return totals

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
