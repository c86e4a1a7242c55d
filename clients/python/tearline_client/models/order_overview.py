from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_overview_incomplete_item import OrderOverviewIncompleteItem

if TYPE_CHECKING:
    from ..models.notification import Notification
    from ..models.order import Order
    from ..models.payment import Payment
    from ..models.reservation import Reservation
    from ..models.shipment import Shipment


T = TypeVar("T", bound="OrderOverview")


@_attrs_define
class OrderOverview:
    """An order, and what the others have done for it. What is null is not there, or `incomplete` names it.

    Attributes:
        order (Order): draft: not placed yet. pending: being fulfilled. confirmed: it stands, and is paid. completed:
            all of it arrived.
            cancelled: it was given up, for the reason in `failure`. expired: so was it, as nobody placed or paid it in
            time.
        payment (None | Payment): Its latest payment.
        reservation (None | Reservation): Its latest reservation of stock.
        shipments (list[Shipment] | None): Oldest first.
        notifications (list[Notification] | None): Oldest first.
        incomplete (list[OrderOverviewIncompleteItem]): What could not be asked in time. Ask again for it.
    """

    order: Order
    payment: None | Payment
    reservation: None | Reservation
    shipments: list[Shipment] | None
    notifications: list[Notification] | None
    incomplete: list[OrderOverviewIncompleteItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.payment import Payment  # noqa: PLC0415
        from ..models.reservation import Reservation  # noqa: PLC0415

        order = self.order.to_dict()

        payment: dict[str, Any] | None
        if isinstance(self.payment, Payment):
            payment = self.payment.to_dict()
        else:
            payment = self.payment

        reservation: dict[str, Any] | None
        if isinstance(self.reservation, Reservation):
            reservation = self.reservation.to_dict()
        else:
            reservation = self.reservation

        shipments: list[dict[str, Any]] | None
        if isinstance(self.shipments, list):
            shipments = []
            for shipments_type_0_item_data in self.shipments:
                shipments_type_0_item = shipments_type_0_item_data.to_dict()
                shipments.append(shipments_type_0_item)

        else:
            shipments = self.shipments

        notifications: list[dict[str, Any]] | None
        if isinstance(self.notifications, list):
            notifications = []
            for notifications_type_0_item_data in self.notifications:
                notifications_type_0_item = notifications_type_0_item_data.to_dict()
                notifications.append(notifications_type_0_item)

        else:
            notifications = self.notifications

        incomplete = []
        for incomplete_item_data in self.incomplete:
            incomplete_item = incomplete_item_data.value
            incomplete.append(incomplete_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order": order,
                "payment": payment,
                "reservation": reservation,
                "shipments": shipments,
                "notifications": notifications,
                "incomplete": incomplete,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notification import Notification  # noqa: PLC0415
        from ..models.order import Order  # noqa: PLC0415
        from ..models.payment import Payment  # noqa: PLC0415
        from ..models.reservation import Reservation  # noqa: PLC0415
        from ..models.shipment import Shipment  # noqa: PLC0415

        d = dict(src_dict)
        order = Order.from_dict(d.pop("order"))

        def _parse_payment(data: object) -> None | Payment:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                payment_type_0 = Payment.from_dict(data)

                return payment_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Payment, data)

        payment = _parse_payment(d.pop("payment"))

        def _parse_reservation(data: object) -> None | Reservation:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reservation_type_0 = Reservation.from_dict(data)

                return reservation_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Reservation, data)

        reservation = _parse_reservation(d.pop("reservation"))

        def _parse_shipments(data: object) -> list[Shipment] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shipments_type_0 = []
                _shipments_type_0 = data
                for shipments_type_0_item_data in _shipments_type_0:
                    shipments_type_0_item = Shipment.from_dict(shipments_type_0_item_data)

                    shipments_type_0.append(shipments_type_0_item)

                return shipments_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Shipment] | None, data)

        shipments = _parse_shipments(d.pop("shipments"))

        def _parse_notifications(data: object) -> list[Notification] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                notifications_type_0 = []
                _notifications_type_0 = data
                for notifications_type_0_item_data in _notifications_type_0:
                    notifications_type_0_item = Notification.from_dict(notifications_type_0_item_data)

                    notifications_type_0.append(notifications_type_0_item)

                return notifications_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Notification] | None, data)

        notifications = _parse_notifications(d.pop("notifications"))

        incomplete = []
        _incomplete = d.pop("incomplete")
        for incomplete_item_data in _incomplete:
            incomplete_item = OrderOverviewIncompleteItem(incomplete_item_data)

            incomplete.append(incomplete_item)

        order_overview = cls(
            order=order,
            payment=payment,
            reservation=reservation,
            shipments=shipments,
            notifications=notifications,
            incomplete=incomplete,
        )

        order_overview.additional_properties = d
        return order_overview

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
