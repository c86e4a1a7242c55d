from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.wanted_line import WantedLine


T = TypeVar("T", bound="PlaceOrder")


@_attrs_define
class PlaceOrder:
    """What a customer sends.

    Attributes:
        email (str):
        lines (list[WantedLine]):
        payment_method (str):
        ship_to (Address): Where parcels go.
        currency (str | Unset): ISO 4217. Default: 'EUR'.
        customer (None | str | Unset): Whose order it is, by the name that the shop has for them. Null: nobody's whom we
            know.
    """

    email: str
    lines: list[WantedLine]
    payment_method: str
    ship_to: Address
    currency: str | Unset = "EUR"
    customer: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        payment_method = self.payment_method

        ship_to = self.ship_to.to_dict()

        currency = self.currency

        customer: None | str | Unset
        if isinstance(self.customer, Unset):
            customer = UNSET
        else:
            customer = self.customer

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "lines": lines,
                "payment_method": payment_method,
                "ship_to": ship_to,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if customer is not UNSET:
            field_dict["customer"] = customer

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address  # noqa: PLC0415
        from ..models.wanted_line import WantedLine  # noqa: PLC0415

        d = dict(src_dict)
        email = d.pop("email")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = WantedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        payment_method = d.pop("payment_method")

        ship_to = Address.from_dict(d.pop("ship_to"))

        currency = d.pop("currency", UNSET)

        def _parse_customer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        customer = _parse_customer(d.pop("customer", UNSET))

        place_order = cls(
            email=email,
            lines=lines,
            payment_method=payment_method,
            ship_to=ship_to,
            currency=currency,
            customer=customer,
        )

        return place_order
