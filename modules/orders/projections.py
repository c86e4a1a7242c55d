"""What orders keeps from events, to be read: sales by day, and what was heard of each order's money and parcels.

A day is that of UTC on which something was announced, and an event that says no currency counts under XXX, which in
ISO 4217 is none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from modules.orders.events import OrderCancelled, OrderConfirmed, OrderPlaced
from modules.orders.models import DailySales, Order, OrderEntry, OrderLine, OrderOverview
from modules.orders.overview import Heard, Statuses, Told, statuses, summed
from modules.payments.events import PaymentCaptured, PaymentDisputed, PaymentRefunded
from modules.payments.facade import payments
from modules.shipping.contracts import Shipment
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched
from modules.shipping.facade import shipping
from tearline.projections import Projection

OrderEvent = OrderPlaced | OrderConfirmed | OrderCancelled


class Day(NamedTuple):
    """One row of daily sales."""

    day: date
    currency: str


Sums = dict[Day, Counter[str]]
COLUMNS = ("placed", "confirmed", "cancelled", "pieces", "revenue")

daily_sales = Projection(
    "orders.daily_sales", tables=[DailySales], events=[OrderPlaced, OrderConfirmed, OrderCancelled]
)


@daily_sales.fold
def count(events: Sequence[OrderEvent]) -> None:
    """Two statements, whatever the number of events: many of one moment change one row."""
    sums = _of_events(events)
    there = _of_rows(DailySales.objects.filter(day__in={day for day, _ in sums}))
    for day in sums:
        sums[day].update(there[day])
    DailySales.objects.bulk_create(
        [DailySales(day=day, currency=currency, **counted) for (day, currency), counted in sums.items()],
        update_conflicts=True,
        unique_fields=["generation", "day", "currency"],
        update_fields=COLUMNS,
    )


@daily_sales.check
def differences(waiting: Sequence[OrderEvent]) -> Iterator[str]:
    """From what the orders' timelines and the orders themselves say, day by day."""
    shown, sold = _of_rows(DailySales.objects.all()), _of_orders()
    for day, counted in _of_events(waiting).items():
        shown[day].update(counted)
    for day in sorted({*shown, *sold}):
        for column in COLUMNS:
            if shown[day][column] != sold[day][column]:
                yield (
                    f"{day.day} {day.currency}: {column} is {shown[day][column]}, and {sold[day][column]} by the orders"
                )


def _of_events(events: Iterable[OrderEvent]) -> Sums:
    sums = _no_sums()
    for event in events:
        currency = event.total.currency if event.total else "XXX"
        sums[Day(event.occurred_at.astimezone(UTC).date(), currency)].update(_counted(event))
    return sums


def _counted(event: OrderEvent) -> Mapping[str, int]:
    match event:
        case OrderPlaced():
            return {"placed": 1}
        case OrderConfirmed():
            pieces = sum(line.quantity for line in event.lines)
            return {"confirmed": 1, "pieces": pieces, "revenue": event.total.amount}
        case OrderCancelled():
            return {"cancelled": 1}


def _of_rows(rows: QuerySet[DailySales]) -> Sums:
    sums = _no_sums()
    for row in rows:
        sums[Day(row.day, row.currency)].update({column: getattr(row, column) for column in COLUMNS})
    return sums


def _of_orders() -> Sums:
    """Of those that were placed."""
    sums = _no_sums()
    placed = OrderEntry.objects.filter(order=OuterRef("order"), what="placed")
    entries = OrderEntry.objects.order_by().annotate(day=TruncDate("at", tzinfo=UTC), currency=F("order__currency"))
    by_day = entries.filter(Exists(placed)).values("day", "currency")
    for told in by_day.filter(what__in=COLUMNS).values("day", "currency", "what").annotate(count=Count("id")):
        sums[Day(told["day"], told["currency"])][told["what"]] += told["count"]
    confirmed = by_day.filter(what="confirmed")
    for column, source in (("pieces", "order__lines__quantity"), ("revenue", "order__total")):
        for day, currency, total in confirmed.annotate(sum=Sum(source)).values_list("day", "currency", "sum"):
            sums[Day(day, currency)][column] += total
    return sums


def _no_sums() -> Sums:
    return defaultdict(Counter)


overviews = Projection(
    "orders.overview",
    tables=[OrderOverview],
    events=[
        PaymentCaptured,
        PaymentRefunded,
        PaymentDisputed,
        ShipmentDispatched,
        ShipmentDelivered,
        ShipmentCancelled,
    ],
)

LOOKED_AT = 500
"""The newest orders, of which payments and shipping are asked."""


@overviews.fold
def hear(events: Sequence[Told]) -> None:
    """Three statements, whatever the number of events."""
    orders = {event.order_id for event in events}
    known = {row.order_id: row.known for row in OrderOverview.objects.filter(order__in=orders)}
    for event in events:
        known[event.order_id] = known.get(event.order_id, Heard()).after(event)
    made = _made_of(known)
    OrderOverview.objects.bulk_create(
        [
            OrderOverview(
                order_id=order,
                heard=heard.model_dump(mode="json"),
                payment_status=made[order].payment,
                parcels_status=made[order].parcels,
            )
            for order, heard in known.items()
        ],
        update_conflicts=True,
        unique_fields=["generation", "order"],
        update_fields=["heard", "payment_status", "parcels_status"],
    )


def _made_of(known: Mapping[str, Heard]) -> dict[str, Statuses]:
    """What is to be paid and sent is read: nothing is heard of an order before it is placed, and then it is frozen."""
    lines = OrderLine.objects.filter(order_id__in=known).values_list("order_id", "order__total", "sku", "quantity")
    totals: dict[str, int] = {}
    ordered: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for order, total, sku, quantity in lines:
        totals[order] = total
        ordered[order].append((sku, quantity))
    return {order: statuses(totals.get(order, 0), summed(ordered[order]), heard) for order, heard in known.items()}


@overviews.check_by_asking
def unheard(_waiting: Sequence[Told]) -> Iterator[str]:
    """From what payments and shipping say of the newest orders; and what is shown, from what was heard."""
    for order in Order.objects.prefetch_related("overviews", "lines").order_by("-pk")[:LOOKED_AT]:
        made = statuses(order.total, order.ordered, order.heard)
        if order.as_heard != made:
            yield f"{order.id}: shown as {', '.join(order.as_heard)}, and {', '.join(made)} by what was heard"
        for what, heard, told in _compared(order):
            if heard != told:
                yield f"{order.id}: {what} is {heard}, and {told} by those who know"


def _compared(order: Order) -> Iterator[tuple[str, object, object]]:
    """What it is, as it was heard, and as it is."""
    payment, captured, refunded = payments.payment_of(order.id), *order.heard.money
    yield "captured", captured, payment.captured.amount if payment else 0
    yield "refunded", refunded, payment.refunded.amount if payment else 0
    parcels = [parcel for parcel in shipping.shipments_of(order.id) if parcel.direction == "outbound"]
    yield "dispatched", order.heard.dispatched, _pieces(parcel for parcel in parcels if parcel.dispatched_at)
    yield "delivered", order.heard.delivered, _pieces(parcel for parcel in parcels if parcel.delivered_at)


def _pieces(parcels: Iterable[Shipment]) -> dict[str, int]:
    """So many of each SKU."""
    return summed((line.sku, line.quantity) for parcel in parcels for line in parcel.lines)
