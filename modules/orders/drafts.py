"""Orders that are prepared and not placed yet. Nobody else hears of them.

A draft's prices are those of the day on which its lines were written; it expires when nobody touches it for too long.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from modules.catalog.contracts import Quote
from modules.orders import services
from modules.orders.contracts import (
    ChangeDraft,
    DiscardDraft,
    DraftIncomplete,
    DraftOrder,
    Failure,
    NotDraft,
    PlaceDraft,
)
from modules.orders.models import Order, OrderLine
from modules.orders.sagas import EXPIRED
from tearline.work import task


def draft(request: DraftOrder, quotes: Sequence[Quote], *, by: str) -> Order:
    """Raises DiscountTooLarge."""
    order = services.written_down(request, quotes, status="draft")
    order.note("drafted", who=by)
    if order.discount_asked:
        order.note("discount given", who=by, why=order.discount_reason)
    _expire_unless_touched(order)
    return order


def found(order_id: str) -> Order:
    """Raises OrderNotFound, NotDraft."""
    return _draft(services.found(order_id))


def change(request: ChangeDraft, quotes: Sequence[Quote] | None, *, by: str) -> Order:
    """Raises OrderNotFound, NotDraft, StaleOrder, DiscountTooLarge."""
    order = _locked(request.order_id, request.expected_version)
    order.email = request.email or order.email
    order.payment_method = request.payment_method or order.payment_method
    if request.ship_to:
        order.ship_to = request.ship_to.model_dump()
    if request.discount:
        order.discount_asked = request.discount.amount
        order.discount_reason = request.discount.reason if request.discount.amount else ""
    _cost_anew(order, request, quotes)
    order.change()
    order.note("draft changed", who=by, why=", ".join(_changed(request)))
    if request.discount:
        order.note("discount given", who=by, why=request.discount.reason)
    _expire_unless_touched(order)
    return order


def _changed(request: ChangeDraft) -> list[str]:
    given = request.model_dump(exclude={"order_id", "expected_version"}, exclude_none=True)
    return sorted(given)


def _cost_anew(order: Order, request: ChangeDraft, quotes: Sequence[Quote] | None) -> None:
    """With other lines, address or discount, each line may cost something else."""
    lines = list(order.lines.all())
    if request.lines and quotes:
        order.lines.all().delete()
        lines = services.lines_of(order, request.lines, quotes)
    services.cost(order, lines)
    if request.lines:
        OrderLine.objects.bulk_create(lines)
    else:
        OrderLine.objects.bulk_update(lines, ["net", "discount", "tax"])


def place(request: PlaceDraft) -> Order:
    """Begin to fulfil it. Raises OrderNotFound, NotDraft, StaleOrder, DraftIncomplete."""
    order = _locked(request.order_id, request.expected_version)
    order.payment_method = request.payment_method or order.payment_method
    if not order.payment_method:
        raise DraftIncomplete(order_id=order.id, missing="payment_method")
    services.begin(order)
    return order


def discard(request: DiscardDraft, *, by: str) -> Order:
    """Raises OrderNotFound, NotDraft, StaleOrder."""
    order = _locked(request.order_id, request.expected_version)
    order.drop("cancelled", Failure(code="orders.discarded", detail=request.reason), by=by)
    return order


def _expire_unless_touched(order: Order) -> None:
    if settings.ORDERS_DRAFTS_KEPT_DAYS:
        expire_draft.after(timedelta(days=settings.ORDERS_DRAFTS_KEPT_DAYS), order.id, order.version)


@task("orders.expire_draft")
def expire_draft(order_id: str, version: int) -> None:
    """Unless it was touched since that version: then a later one of these comes."""
    with transaction.atomic(using="orders"):
        order = Order.locked(order_id)
        if order.status == "draft" and order.version == version:
            detail = f"not touched for {settings.ORDERS_DRAFTS_KEPT_DAYS} days"
            order.drop("expired", Failure(code=EXPIRED, detail=detail), by="orders")


def _locked(order_id: str, version: int | None) -> Order:
    order = _draft(Order.locked(order_id))
    order.expect(version)
    return order


def _draft(order: Order) -> Order:
    if order.status != "draft":
        raise NotDraft(order_id=order.id, state=order.status)
    return order
