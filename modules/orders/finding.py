"""Orders by the statuses that they show: made of what was heard of them, and of what came back.

Whatever was heard of an order is in one row, of the generation that is shown when a statement looks. Of many orders
nothing was heard, and they have none.
"""

from collections.abc import Sequence

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from modules.orders.contracts import FulfillmentStatus, PaymentStatus
from modules.orders.models import Order, OrderLine, OrderOverview
from modules.orders.overview import Statuses, nothing_heard

Asked = Sequence[str] | None
"""Any of these; None: whichever it is."""

FREE, NOT_FREE = nothing_heard(total=0), nothing_heard(total=1)
UNPAID = NOT_FREE.payment


def shown_as(
    orders: QuerySet[Order],
    *,
    payment: Sequence[PaymentStatus] | None = None,
    fulfillment: Sequence[FulfillmentStatus] | None = None,
) -> QuerySet[Order]:
    """Those of the orders which are told with any of these. None: with whichever."""
    orders = orders.alias(**_told())
    if fulfillment is None:
        return orders.filter(_heard(payment, None))
    back = {"partially_returned", "returned"}.intersection(fulfillment)
    parcels = [status for status in fulfillment if status not in back]
    nothing_came_back = ~Exists(OrderLine.objects.filter(order=OuterRef("pk"), returned__gt=0))
    if not back:
        return orders.filter(nothing_came_back, _heard(payment, parcels))
    fits = _came_back(back) | Q(nothing_came_back, told_parcels__in=parcels)
    return orders.filter(fits, _heard(payment, None))


def _came_back(as_told: set[str]) -> Q:
    """Some did; and if only one of the two is asked for, it matters whether some did not."""
    lines = OrderLine.objects.filter(returned__gt=0)
    some_did_not = Exists(OrderLine.objects.filter(order=OuterRef("order"), returned__lt=F("quantity")))
    if as_told == {"returned"}:
        lines = lines.filter(~some_did_not)
    if as_told == {"partially_returned"}:
        lines = lines.filter(some_did_not)
    return Q(pk__in=lines.values("order"))


def _told() -> dict[str, Coalesce]:
    """Of each order the same as `Order.statuses`. Whoever owes nothing is not heard of as unpaid."""
    row = OrderOverview.objects.filter(order=OuterRef("pk"))
    known = Case(When(Q(total=0) | Q(taken_at__isnull=False), then=Value(FREE.payment)), default=Value(UNPAID))
    return {
        "told_payment": Coalesce(Subquery(row.exclude(payment_status=UNPAID).values("payment_status")), known),
        "told_parcels": Coalesce(Subquery(row.values("parcels_status")), Value(FREE.parcels)),
    }


def _told_with(payment: Asked, parcels: Asked) -> Q:
    return _any_of("told_payment", payment) & _any_of("told_parcels", parcels)


def _heard(payment: Asked, parcels: Asked) -> Q:
    """As a set that indexes find, where no order without a row is meant, or few: free ones, and what was just taken.

    No index knows of the others. So there each order is looked at, and a page has its rows after some of the newest.
    """
    free_ones = _fits(FREE, payment, parcels)
    if _fits(NOT_FREE, payment, parcels) or (free_ones and parcels is None):
        return _told_with(payment, parcels)
    rows = OrderOverview.objects.filter(_any_of("payment_status", payment), _any_of("parcels_status", parcels))
    if UNPAID in (payment or ()):
        rows = rows.exclude(payment_status=UNPAID, order__taken_at__isnull=False)
    others = [_free_and_unheard()] if free_ones else []
    if FREE.payment in (payment or ()):
        others.append(_taken().filter(_told_with(payment, parcels)))
    known = rows.values("order")
    return Q(pk__in=known.union(*(orders.values("pk") for orders in others), all=True) if others else known)


def _any_of(field: str, asked: Asked) -> Q:
    return Q() if asked is None else Q(**{f"{field}__in": asked})


def _fits(told: Statuses, payment: Asked, parcels: Asked) -> bool:
    return (payment is None or told.payment in payment) and (parcels is None or told.parcels in parcels)


def _free_and_unheard() -> QuerySet[Order]:
    return Order.objects.filter(~Exists(OrderOverview.objects.filter(order=OuterRef("pk"))), total=0)


def _taken() -> QuerySet[Order]:
    """Those that know by themselves that they are paid: most of them have heard of it, too, and have not ended yet."""
    return Order.objects.alias(**_told()).filter(taken_at__isnull=False)
