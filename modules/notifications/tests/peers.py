"""Notifications' peers, played: what orders says, and what all of them announce."""

from django.db import transaction

from modules.inventory.events import StockRanOut
from modules.orders.contracts import Failure, Order, OrderId, OrderNotFound, ReturnId
from modules.orders.events import OrderCancelled, OrderConfirmed, OrderedLine, OrderExpired, ReturnRefunded
from modules.shipping.contracts import ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentDispatched, ShipmentPrepared
from tearline.contracts import Money, Unavailable
from tearline.events import Event, listeners_of
from tearline.facades import acting_as


class KnownOrders:
    """Stands for the facade of orders: knows what a test has let it know, and is away for so many calls."""

    def __init__(self) -> None:
        self.absences = 0
        self._known: dict[OrderId, Order] = {}

    def learn(self, order: Order) -> None:
        self._known[order.id] = order

    def find(self, order_id: OrderId) -> Order:
        if self.absences:
            self.absences -= 1
            raise Unavailable("orders is away")
        if order_id not in self._known:
            raise OrderNotFound(order_id=order_id)
        return self._known[order_id]


def new_order(*, name: str = "Ada Lovelace", email: str = "ada@example.com") -> Order:
    """An order of two mugs."""
    moment = "2026-11-23T12:00:00Z"
    address = {
        "name": name,
        "line1": "12 St James Square",
        "city": "London",
        "postal_code": "SW1Y 4JH",
        "country": "GB",
    }
    price, total = {"amount": 999, "currency": "EUR"}, {"amount": 1998, "currency": "EUR"}
    line = {"sku": "MUG-BLUE", "name": "Blue mug", "quantity": 2, "unit_price": price, "total": total}
    return Order.model_validate(
        {
            "id": OrderId.new(),
            "status": "confirmed",
            "email": email,
            "ship_to": address,
            "lines": [line],
            "total": total,
            "payment_method": "pm_card_ok",
            "failure": None,
            "created_at": moment,
            "updated_at": moment,
        }
    )


def confirmation_of(order: Order) -> OrderConfirmed:
    lines = [OrderedLine(sku=line.sku, quantity=line.quantity) for line in order.lines]
    return OrderConfirmed(order_id=order.id, total=order.total, lines=lines)


def cancellation_of(order: Order) -> OrderCancelled:
    reason = Failure(code="payments.payment_declined", detail="The card was declined.")
    return OrderCancelled(order_id=order.id, reason=reason)


def shipment_of(order: Order) -> ShipmentPrepared:
    return ShipmentPrepared(
        order_id=order.id, shipment_id=ShipmentId.new(), carrier="Simulated Parcel", tracking_number="SIM000000000042"
    )


def expiry_of(order: Order) -> OrderExpired:
    return OrderExpired(order_id=order.id, reason=Failure(code="orders.expired", detail="not paid within 30 minutes"))


def dispatch_of(order: Order) -> ShipmentDispatched:
    return ShipmentDispatched(
        order_id=order.id,
        shipment_id=ShipmentId.new(),
        carrier="Simulated Parcel",
        tracking_number="SIM000000000042",
        lines=[ShipmentLine(sku=line.sku, quantity=line.quantity) for line in order.lines],
    )


def refund_for(order: Order) -> ReturnRefunded:
    return ReturnRefunded(order_id=order.id, return_id=ReturnId.new(), amount=Money(amount=999, currency="EUR"))


def stock_ran_out_for(order: Order) -> StockRanOut:
    return StockRanOut(order_id=order.id, sku="MUG-BLUE", missing=3)


def hear(event: Event) -> None:
    """As notifications hears it from its inbox: all that listens here, in a transaction of notifications."""
    for listener in listeners_of(event.topic):
        if listener.module == "notifications":
            with acting_as("notifications"), transaction.atomic(using="notifications"):
                listener.handle(event)
