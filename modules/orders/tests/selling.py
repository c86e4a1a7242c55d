"""Orders in a hurry: placed, confirmed and given up as by their saga, at any time; what they announce is carried on."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction

from modules.orders.contracts import Failure, OrderId
from modules.orders.models import Order, OrderEntry, OrderLine
from tearline.work._carriers import carriers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """By which timelines go, once it is set as `OrderEntry`'s."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def timeline_clock(patch: Callable[[object, str, object], None]) -> Clock:
    """`patch`: as pytest's monkeypatch.setattr."""
    clock = Clock()
    patch(OrderEntry._meta.get_field("at"), "_get_default", clock)
    return clock


def placed(*quantities: int, price: int = 100, currency: str = "EUR") -> Order:
    """An order with a line for each quantity."""
    with transaction.atomic(using="orders"):
        total = sum(quantities) * price
        order = Order.objects.create(id=OrderId.new(), ship_to={}, currency=currency, net=total, total=total)
        lines = [OrderLine(order=order, sku=f"S{n}", quantity=n, unit_price=price) for n in quantities]
        OrderLine.objects.bulk_create(lines)
        order.place(by="ann")
    return order


def confirmed(order: Order) -> None:
    with transaction.atomic(using="orders"):
        order.confirm(taken=True)


def cancelled(order: Order) -> None:
    with transaction.atomic(using="orders"):
        order.cancel(Failure(code="orders.cancelled_on_request", detail="changed my mind"))


def carry(kind: str, *, owner: str = "a worker") -> int:
    """Have a worker claim a batch of orders' work of this kind, and do it. How many rows there were."""
    return next(carrier for carrier in carriers if carrier.kind == kind).carry("orders", owner)


def fold_all(*, owner: str = "a worker") -> None:
    """Deliver and hear all that orders has announced."""
    while carry("outbox", owner=owner) + carry("inbox", owner=owner):
        pass
