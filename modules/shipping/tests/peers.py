"""Shipping's peers, played: what orders says, and what it announces."""

from typing import TypeVar

from django.db import transaction

from modules.orders.contracts import Address, Order, OrderId, OrderLine, OrderNotFound
from modules.orders.events import OrderConfirmed, OrderedLine
from tearline.contracts import Money, Unavailable
from tearline.events import Event, listeners_of
from tearline.facades import acting_as
from tearline.models import OutboxRow

E = TypeVar("E", bound=Event)

ADA = Address(name="Ada Lovelace", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
TWO_MUGS = OrderLine(
    sku="MUG-BLUE",
    name="Blue mug",
    quantity=2,
    unit_price=Money(amount=999, currency="EUR"),
    total=Money(amount=1998, currency="EUR"),
)


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


def confirmed_order() -> Order:
    """A new order of two mugs."""
    moment = "2026-11-23T12:00:00Z"
    return Order.model_validate(
        {
            "id": OrderId.new(),
            "status": "confirmed",
            "email": "ada@example.com",
            "ship_to": ADA,
            "lines": [TWO_MUGS],
            "total": TWO_MUGS.total,
            "payment_method": "pm_card_ok",
            "failure": None,
            "created_at": moment,
            "updated_at": moment,
        }
    )


def going_to(order: Order, postal_code: str) -> Order:
    """The order, to be sent there instead."""
    return order.model_copy(update={"ship_to": order.ship_to.model_copy(update={"postal_code": postal_code})})


def confirmation_of(order: Order) -> OrderConfirmed:
    lines = [OrderedLine(sku=line.sku, quantity=line.quantity) for line in order.lines]
    return OrderConfirmed(order_id=order.id, total=order.total, lines=lines)


def hear(event: Event) -> None:
    """As shipping hears it from its inbox: all that listens here, in a transaction of shipping."""
    for listener in listeners_of(event.topic):
        if listener.module == "shipping":
            with acting_as("shipping"), transaction.atomic(using="shipping"):
                listener.handle(event)


def announced(kind: type[E]) -> list[E]:
    """What shipping has announced of a kind, oldest first."""
    rows = OutboxRow.objects.using("shipping").filter(topic=kind.topic).order_by("id")
    return [kind.model_validate_json(row.payload) for row in rows]
