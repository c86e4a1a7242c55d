"""Taking orders, giving them up, telling how far they got."""

from collections.abc import Sequence

from modules.catalog.contracts import Quote
from modules.orders.contracts import CancelOrder, CannotCancel, OrderId, OrderNotFound, PlaceOrder, TimelineEntry
from modules.orders.models import Order, OrderLine
from modules.orders.sagas import fulfil
from tearline.contracts import Money
from tearline.sagas import NoWayBack, Why


def place(request: PlaceOrder, quotes: Sequence[Quote]) -> Order:
    """Write the order down at the quoted prices, in the order of its lines, and begin to fulfil it."""
    total = Money(amount=0, currency=request.currency)
    for line, quote in zip(request.lines, quotes, strict=True):
        total += quote.unit_price.times(line.quantity)
    order = Order.objects.create(
        id=OrderId.new(),
        email=request.email,
        ship_to=request.ship_to.model_dump(),
        currency=request.currency,
        total=total.amount,
        payment_method=request.payment_method,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, sku=line.sku, name=quote.name, quantity=line.quantity, unit_price=quote.unit_price.amount
        )
        for line, quote in zip(request.lines, quotes, strict=True)
    )
    fulfil.start(order)
    return order


def cancel(request: CancelOrder, *, by: str) -> Order:
    """Have fulfilment turn back. Raises OrderNotFound, CannotCancel."""
    order = found(request.order_id)
    if order.status == "cancelled":
        return order
    try:
        fulfil.cancel(order, Why("orders.cancelled_on_request", request.reason))
    except NoWayBack as too_late:
        raise CannotCancel(order_id=order.id, state=order.status) from too_late
    order.note("cancellation asked for", who=by, why=request.reason)
    return order


def found(order_id: str) -> Order:
    """Raises OrderNotFound."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id=order_id)
    return order


def timeline(order: Order) -> list[TimelineEntry]:
    """The order's own entries, how far each step of its fulfilment that asks other modules got, and who stepped in."""
    told = [TimelineEntry(at=entry.at, what=entry.what, who=entry.who, why=entry.why) for entry in order.entries.all()]
    asked = [
        TimelineEntry(at=step.at, what=f"{step.name} {step.state}", who=step.operator or "fulfilment", why=step.why)
        for step in fulfil.history(order)
        if step.kind == "remote" or step.operator
    ]
    return sorted([*told, *asked], key=lambda entry: entry.at)
