"""Taking orders, giving them up, completing them, telling how far they got."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from modules.catalog.contracts import Quote
from modules.orders.contracts import (
    LARGEST_TOTAL,
    CancelOrder,
    CannotCancel,
    DiscountTooLarge,
    DraftOrder,
    OrderId,
    OrderNotFound,
    OrderStatus,
    OrderTooLarge,
    PlaceOrder,
    TimelineEntry,
    WantedLine,
)
from modules.orders.models import Cancellation, CancellationId, Order, OrderLine, RefundAttempt
from modules.orders.pricing import Terms, price
from modules.orders.sagas import EXPIRED, fulfil, give_up, refund_return
from tearline.sagas import NoWayBack, Saga, Why
from tearline.work import task


def place(request: PlaceOrder, quotes: Sequence[Quote]) -> Order:
    """Write the order down at the quoted prices, in the order of its lines, and begin to fulfil it."""
    order = written_down(request, quotes, status="pending")
    begin(order)
    return order


def written_down(request: PlaceOrder | DraftOrder, quotes: Sequence[Quote], *, status: OrderStatus) -> Order:
    """A new order, at the quoted prices. Raises DiscountTooLarge, OrderTooLarge."""
    order = Order(
        id=OrderId.new(),
        status=status,
        customer=request.customer,
        email=request.email,
        ship_to=request.ship_to.model_dump(),
        currency=request.currency,
        payment_method=request.payment_method or "",
    )
    if isinstance(request, DraftOrder) and request.discount:
        order.discount_asked, order.discount_reason = request.discount.amount, request.discount.reason
    lines = lines_of(order, request.lines, quotes)
    cost(order, lines)
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    order.overview = None  # nothing was heard of it yet: nobody need look
    return order


def lines_of(order: Order, wanted: Sequence[WantedLine], quotes: Sequence[Quote]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order, sku=line.sku, name=quote.name, quantity=line.quantity, unit_price=quote.unit_price.amount
        )
        for line, quote in zip(wanted, quotes, strict=True)
    ]


def cost(order: Order, lines: Sequence[OrderLine]) -> None:
    """What the order and its lines cost from now on. Nothing is saved. Raises DiscountTooLarge, OrderTooLarge."""
    amounts = [line.unit_price * line.quantity for line in lines]
    if sum(amounts) > LARGEST_TOTAL:
        raise OrderTooLarge(lines=sum(amounts), largest=LARGEST_TOTAL)
    if order.discount_asked > sum(amounts):
        raise DiscountTooLarge(discount=order.discount_asked, lines=sum(amounts))
    priced = price(amounts, _terms(order), discount=order.discount_asked)
    order.cost(priced)
    for line, its in zip(lines, priced.lines, strict=True):
        line.cost(its)


def _terms(order: Order) -> Terms:
    percent = settings.ORDERS_TAX_PERCENT
    rate = percent.get(order.ship_to["country"], percent.get("*", Decimal(0)))
    return Terms(
        tax_rate=Fraction(rate) / 100,
        prices_include_tax=settings.ORDERS_PRICES_INCLUDE_TAX,
        shipping=settings.ORDERS_SHIPPING_CHARGES.get(order.currency, 0),
    )


def begin(order: Order) -> None:
    """Have it fulfilled from here on; or expire, if it is not paid in time."""
    fulfil.start(order)
    if settings.ORDERS_PAY_WITHIN_MINUTES:
        expire_unpaid.after(timedelta(minutes=settings.ORDERS_PAY_WITHIN_MINUTES), order.id)


@task("orders.expire_unpaid")
def expire_unpaid(order_id: str) -> None:
    """Have fulfillment turn back, unless the order stands, or does not stand, already."""
    with transaction.atomic(using="orders"):
        order = Order.objects.get(pk=order_id)
        if order.status == "pending":
            try:
                fulfil.cancel(order, Why(EXPIRED, f"not paid within {settings.ORDERS_PAY_WITHIN_MINUTES} minutes"))
            except NoWayBack:
                return  # it was faster


def cancel(request: CancelOrder, *, by: str) -> Order:
    """Raises OrderNotFound, CannotCancel, StaleOrder."""
    order = found(request.order_id)
    if order.status == "pending":
        try:
            return _turn_back(order, request, by=by)
        except NoWayBack:
            pass  # it has its outcome meanwhile
    return _give_up(request, by=by)


def _turn_back(order: Order, request: CancelOrder, *, by: str) -> Order:
    """Raises StaleOrder, and NoWayBack when fulfillment is over."""
    fulfil.cancel(order, Why("orders.cancelled_on_request", request.reason))
    order = Order.locked(request.order_id)
    order.expect(request.expected_version)
    order.note("cancellation asked for", who=by, why=request.reason)
    order.change()
    return order


def _give_up(request: CancelOrder, *, by: str) -> Order:
    """Whoever asks while somebody else's wish is being seen to has nothing to add. Raises CannotCancel, StaleOrder."""
    order = Order.locked(request.order_id)
    if order.status == "cancelled":
        return order
    order.expect(request.expected_version)
    if refusal := why_not_cancelled(order):
        raise refusal
    if not order.cancellations.filter(state="asked").exists():
        cancellation = Cancellation.objects.create(id=CancellationId.new(), order=order, reason=request.reason, who=by)
        give_up.start(cancellation)
        order.change()
    return order


def why_not_cancelled(order: Order) -> CannotCancel | None:
    """None: it can be tried. What has left is known by what shipping announced, and asked for again on the way."""
    if order.status == "confirmed":
        return CannotCancel(order_id=order.id, state="on its way") if order.heard.dispatched else None
    return None if order.status == "pending" else CannotCancel(order_id=order.id, state=order.status)


class NotHeardYet(Exception):
    """The overview does not know yet what a handler has heard. It will be tried again."""


def complete_if_arrived(order_id: str, *, with_parcel: str) -> None:
    """What was confirmed is completed once all of it has arrived. Raises NotHeardYet."""
    order = Order.locked(order_id)
    if not order.heard.has_arrived(with_parcel):
        raise NotHeardYet(f"parcel {with_parcel} of order {order_id}")
    if order.status == "confirmed" and order.has_arrived:
        order.complete()


def orders(*, customer: str | None = None) -> QuerySet[Order]:
    """All, or a customer's, with all that is shown of them."""
    known = Order.objects.prefetch_related("lines", "overviews")
    return known if customer is None else known.filter(customer=customer)


def found(order_id: str, *, customer: str | None = None) -> Order:
    """`customer`: who asks, and finds no other's; None: whoever may see all. Raises OrderNotFound."""
    order = Order.objects.prefetch_related("overviews").filter(pk=order_id).first()
    if order is None or customer not in (None, order.customer):
        raise OrderNotFound(order_id=order_id)
    return order


def runs(order: Order) -> Iterator[tuple[str, Saga[Any], Model]]:
    """Every saga that was begun for the order, by the name under which it tells of itself."""
    yield "fulfillment", fulfil, order
    for cancellation in order.cancellations.order_by("id"):
        yield "cancellation", give_up, cancellation
    for attempt in RefundAttempt.objects.filter(of__order=order).order_by("id"):
        yield "return", refund_return, attempt


def timeline(order: Order, *, customer: str | None = None) -> list[TimelineEntry]:
    """The order's own entries, how far each step that asks other modules got, and who stepped in.

    `customer`: who asks, and is not told of that.
    """
    told = [TimelineEntry(at=entry.at, what=entry.what, who=entry.who, why=entry.why) for entry in order.entries.all()]
    asked = [
        TimelineEntry(at=step.at, what=f"{step.name} {step.state}", who=step.operator or who, why=step.why)
        for who, saga, subject in runs(order)
        for step in saga.history(subject)
        if (step.operator and customer is None) or (step.kind == "remote" and not step.operator)
    ]
    return sorted([*told, *asked], key=lambda entry: entry.at)
