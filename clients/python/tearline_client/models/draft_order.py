from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.discount import Discount
    from ..models.wanted_line import WantedLine


T = TypeVar("T", bound="DraftOrder")


@_attrs_define
class DraftOrder:
    """An order that is prepared, and not placed yet.

    Attributes:
        email (str):
        lines (list[WantedLine]):
        ship_to (Address): Where parcels go.
        currency (str | Unset): ISO 4217. Default: 'EUR'.
        customer (None | str | Unset): Whose order it is, by the name that the shop has for them. Null: nobody's whom we
            know.
        discount (Discount | None | Unset):
        payment_method (None | str | Unset): Null: said when it is placed.
    """

    email: str
    lines: list[WantedLine]
    ship_to: Address
    currency: str | Unset = "EUR"
    customer: None | str | Unset = UNSET
    discount: Discount | None | Unset = UNSET
    payment_method: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.discount import Discount  # noqa: PLC0415

        email = self.email

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        ship_to = self.ship_to.to_dict()

        currency = self.currency

        customer: None | str | Unset
        if isinstance(self.customer, Unset):
            customer = UNSET
        else:
            customer = self.customer

        discount: dict[str, Any] | None | Unset
        if isinstance(self.discount, Unset):
            discount = UNSET
        elif isinstance(self.discount, Discount):
            discount = self.discount.to_dict()
        else:
            discount = self.discount

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        else:
            payment_method = self.payment_method

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "lines": lines,
                "ship_to": ship_to,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if customer is not UNSET:
            field_dict["customer"] = customer
        if discount is not UNSET:
            field_dict["discount"] = discount
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address  # noqa: PLC0415
        from ..models.discount import Discount  # noqa: PLC0415
        from ..models.wanted_line import WantedLine  # noqa: PLC0415

        d = dict(src_dict)
        email = d.pop("email")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = WantedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        ship_to = Address.from_dict(d.pop("ship_to"))

        currency = d.pop("currency", UNSET)

        def _parse_customer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        customer = _parse_customer(d.pop("customer", UNSET))

        def _parse_discount(data: object) -> Discount | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                discount_type_0 = Discount.from_dict(data)

                return discount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Discount | None | Unset, data)

        discount = _parse_discount(d.pop("discount", UNSET))

        def _parse_payment_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        draft_order = cls(
            email=email,
            lines=lines,
            ship_to=ship_to,
            currency=currency,
            customer=customer,
            discount=discount,
            payment_method=payment_method,
        )

        return draft_order
