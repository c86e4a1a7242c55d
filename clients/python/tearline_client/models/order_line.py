from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="OrderLine")


@_attrs_define
class OrderLine:
    """A line with the price that was frozen when the order was placed. `due`: total, less discount, with tax.

    Attributes:
        name (str):
        quantity (int):
        sku (str):
        total (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        unit_price (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        discount (Money | None | Unset): Its share, without tax. Null: told before there were any.
        due (Money | None | Unset): What is paid for it.
        returned (int | Unset): So many came back. Default: 0.
        tax (Money | None | Unset):
    """

    name: str
    quantity: int
    sku: str
    total: Money
    unit_price: Money
    discount: Money | None | Unset = UNSET
    due: Money | None | Unset = UNSET
    returned: int | Unset = 0
    tax: Money | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        name = self.name

        quantity = self.quantity

        sku = self.sku

        total = self.total.to_dict()

        unit_price = self.unit_price.to_dict()

        discount: dict[str, Any] | None | Unset
        if isinstance(self.discount, Unset):
            discount = UNSET
        elif isinstance(self.discount, Money):
            discount = self.discount.to_dict()
        else:
            discount = self.discount

        due: dict[str, Any] | None | Unset
        if isinstance(self.due, Unset):
            due = UNSET
        elif isinstance(self.due, Money):
            due = self.due.to_dict()
        else:
            due = self.due

        returned = self.returned

        tax: dict[str, Any] | None | Unset
        if isinstance(self.tax, Unset):
            tax = UNSET
        elif isinstance(self.tax, Money):
            tax = self.tax.to_dict()
        else:
            tax = self.tax

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "quantity": quantity,
                "sku": sku,
                "total": total,
                "unit_price": unit_price,
            }
        )
        if discount is not UNSET:
            field_dict["discount"] = discount
        if due is not UNSET:
            field_dict["due"] = due
        if returned is not UNSET:
            field_dict["returned"] = returned
        if tax is not UNSET:
            field_dict["tax"] = tax

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        quantity = d.pop("quantity")

        sku = d.pop("sku")

        total = Money.from_dict(d.pop("total"))

        unit_price = Money.from_dict(d.pop("unit_price"))

        def _parse_discount(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                discount_type_0 = Money.from_dict(data)

                return discount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        discount = _parse_discount(d.pop("discount", UNSET))

        def _parse_due(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                due_type_0 = Money.from_dict(data)

                return due_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        due = _parse_due(d.pop("due", UNSET))

        returned = d.pop("returned", UNSET)

        def _parse_tax(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tax_type_0 = Money.from_dict(data)

                return tax_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        tax = _parse_tax(d.pop("tax", UNSET))

        order_line = cls(
            name=name,
            quantity=quantity,
            sku=sku,
            total=total,
            unit_price=unit_price,
            discount=discount,
            due=due,
            returned=returned,
            tax=tax,
        )

        order_line.additional_properties = d
        return order_line

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
