from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.expanded_order_fulfillment_status_type_0 import (
    ExpandedOrderFulfillmentStatusType0,
)
from ..models.expanded_order_payment_status_type_0 import (
    ExpandedOrderPaymentStatusType0,
)
from ..models.expanded_order_status import ExpandedOrderStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.failure import Failure
    from ..models.money import Money
    from ..models.order_line import OrderLine
    from ..models.order_parts import OrderParts
    from ..models.totals import Totals


T = TypeVar("T", bound="ExpandedOrder")


@_attrs_define
class ExpandedOrder:
    """An order, with what `expand` names.

    Attributes:
        created_at (datetime.datetime):
        email (str):
        failure (Failure | None):
        id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
        lines (list[OrderLine]):
        payment_method (str): Empty: a draft that has none yet.
        ship_to (Address): Where parcels go.
        status (ExpandedOrderStatus):
        total (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
        updated_at (datetime.datetime):
        customer (None | str | Unset): Whose order it is, by the name that the shop has for them. Null: nobody's whom we
            know.
        discount_reason (None | str | Unset):
        expanded (None | OrderParts | Unset): Null: nothing was asked for by `expand`.
        fulfillment_status (ExpandedOrderFulfillmentStatusType0 | None | Unset): By what shipping announced, and what
            came back.
        payment_status (ExpandedOrderPaymentStatusType0 | None | Unset): By what payments announced, and what it
            answered before the order was confirmed.
        totals (None | Totals | Unset): What the total is made of.
        version (int | None | Unset): Grows with each change. Null: told before there were any.
    """

    created_at: datetime.datetime
    email: str
    failure: Failure | None
    id: str
    lines: list[OrderLine]
    payment_method: str
    ship_to: Address
    status: ExpandedOrderStatus
    total: Money
    updated_at: datetime.datetime
    customer: None | str | Unset = UNSET
    discount_reason: None | str | Unset = UNSET
    expanded: None | OrderParts | Unset = UNSET
    fulfillment_status: ExpandedOrderFulfillmentStatusType0 | None | Unset = UNSET
    payment_status: ExpandedOrderPaymentStatusType0 | None | Unset = UNSET
    totals: None | Totals | Unset = UNSET
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.failure import Failure  # noqa: PLC0415
        from ..models.order_parts import OrderParts  # noqa: PLC0415
        from ..models.totals import Totals  # noqa: PLC0415

        created_at = self.created_at.isoformat()

        email = self.email

        failure: dict[str, Any] | None
        if isinstance(self.failure, Failure):
            failure = self.failure.to_dict()
        else:
            failure = self.failure

        id = self.id

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        payment_method = self.payment_method

        ship_to = self.ship_to.to_dict()

        status = self.status.value

        total = self.total.to_dict()

        updated_at = self.updated_at.isoformat()

        customer: None | str | Unset
        if isinstance(self.customer, Unset):
            customer = UNSET
        else:
            customer = self.customer

        discount_reason: None | str | Unset
        if isinstance(self.discount_reason, Unset):
            discount_reason = UNSET
        else:
            discount_reason = self.discount_reason

        expanded: dict[str, Any] | None | Unset
        if isinstance(self.expanded, Unset):
            expanded = UNSET
        elif isinstance(self.expanded, OrderParts):
            expanded = self.expanded.to_dict()
        else:
            expanded = self.expanded

        fulfillment_status: None | str | Unset
        if isinstance(self.fulfillment_status, Unset):
            fulfillment_status = UNSET
        elif isinstance(self.fulfillment_status, ExpandedOrderFulfillmentStatusType0):
            fulfillment_status = self.fulfillment_status.value
        else:
            fulfillment_status = self.fulfillment_status

        payment_status: None | str | Unset
        if isinstance(self.payment_status, Unset):
            payment_status = UNSET
        elif isinstance(self.payment_status, ExpandedOrderPaymentStatusType0):
            payment_status = self.payment_status.value
        else:
            payment_status = self.payment_status

        totals: dict[str, Any] | None | Unset
        if isinstance(self.totals, Unset):
            totals = UNSET
        elif isinstance(self.totals, Totals):
            totals = self.totals.to_dict()
        else:
            totals = self.totals

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "email": email,
                "failure": failure,
                "id": id,
                "lines": lines,
                "payment_method": payment_method,
                "ship_to": ship_to,
                "status": status,
                "total": total,
                "updated_at": updated_at,
            }
        )
        if customer is not UNSET:
            field_dict["customer"] = customer
        if discount_reason is not UNSET:
            field_dict["discount_reason"] = discount_reason
        if expanded is not UNSET:
            field_dict["expanded"] = expanded
        if fulfillment_status is not UNSET:
            field_dict["fulfillment_status"] = fulfillment_status
        if payment_status is not UNSET:
            field_dict["payment_status"] = payment_status
        if totals is not UNSET:
            field_dict["totals"] = totals
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address  # noqa: PLC0415
        from ..models.failure import Failure  # noqa: PLC0415
        from ..models.money import Money  # noqa: PLC0415
        from ..models.order_line import OrderLine  # noqa: PLC0415
        from ..models.order_parts import OrderParts  # noqa: PLC0415
        from ..models.totals import Totals  # noqa: PLC0415

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        email = d.pop("email")

        def _parse_failure(data: object) -> Failure | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                failure_type_0 = Failure.from_dict(data)

                return failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Failure | None, data)

        failure = _parse_failure(d.pop("failure"))

        id = d.pop("id")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = OrderLine.from_dict(lines_item_data)

            lines.append(lines_item)

        payment_method = d.pop("payment_method")

        ship_to = Address.from_dict(d.pop("ship_to"))

        status = ExpandedOrderStatus(d.pop("status"))

        total = Money.from_dict(d.pop("total"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_customer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        customer = _parse_customer(d.pop("customer", UNSET))

        def _parse_discount_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        discount_reason = _parse_discount_reason(d.pop("discount_reason", UNSET))

        def _parse_expanded(data: object) -> None | OrderParts | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                expanded_type_0 = OrderParts.from_dict(data)

                return expanded_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OrderParts | Unset, data)

        expanded = _parse_expanded(d.pop("expanded", UNSET))

        def _parse_fulfillment_status(data: object) -> ExpandedOrderFulfillmentStatusType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                fulfillment_status_type_0 = ExpandedOrderFulfillmentStatusType0(data)

                return fulfillment_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExpandedOrderFulfillmentStatusType0 | None | Unset, data)

        fulfillment_status = _parse_fulfillment_status(d.pop("fulfillment_status", UNSET))

        def _parse_payment_status(data: object) -> ExpandedOrderPaymentStatusType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_status_type_0 = ExpandedOrderPaymentStatusType0(data)

                return payment_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExpandedOrderPaymentStatusType0 | None | Unset, data)

        payment_status = _parse_payment_status(d.pop("payment_status", UNSET))

        def _parse_totals(data: object) -> None | Totals | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                totals_type_0 = Totals.from_dict(data)

                return totals_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Totals | Unset, data)

        totals = _parse_totals(d.pop("totals", UNSET))

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        expanded_order = cls(
            created_at=created_at,
            email=email,
            failure=failure,
            id=id,
            lines=lines,
            payment_method=payment_method,
            ship_to=ship_to,
            status=status,
            total=total,
            updated_at=updated_at,
            customer=customer,
            discount_reason=discount_reason,
            expanded=expanded,
            fulfillment_status=fulfillment_status,
            payment_status=payment_status,
            totals=totals,
            version=version,
        )

        expanded_order.additional_properties = d
        return expanded_order

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
