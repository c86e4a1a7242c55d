"""Goods that come back. How many may is kept under the order's lock, in which all of this is done."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from modules.inventory.contracts import ReturnStock
from modules.inventory.facade import inventory
from modules.orders.contracts import (
    Failure,
    MoreThanReceived,
    MoreThanRequested,
    NothingReceived,
    NothingToReturn,
    NotReturnable,
    ReceivedLine,
    ReceiveReturn,
    RefundReturn,
    RejectReturn,
    RequestReturn,
    ReturnId,
    ReturnNotFound,
    ReturnNotInState,
    ReturnState,
)
from modules.orders.models import Order, RefundAttempt, RefundAttemptId, Return, ReturnLine
from modules.orders.overview import summed
from modules.orders.sagas import refund_return
from tearline.work import task


def request(asked: RequestReturn, *, by: str) -> Return:
    """Raises OrderNotFound, NothingToReturn, NotReturnable."""
    order = Order.locked(asked.order_id)
    can = returnable(order)
    if not can:
        raise NothingToReturn(order_id=order.id)
    wanted = summed((line.sku, line.quantity) for line in asked.lines)
    for sku, quantity in wanted.items():
        if quantity > can.get(sku, 0):
            raise NotReturnable(order_id=order.id, sku=sku, wanted=quantity, returnable=can.get(sku, 0))
    made = order.returns.create(id=ReturnId.new(), reason=asked.reason)
    ReturnLine.objects.bulk_create(_spread(made, order, wanted))
    order.change()
    order.note("return requested", who=by, why=asked.reason)
    made.announce()
    return found(order, made.id)


def returnable(order: Order) -> dict[str, int]:
    """So many of each SKU have left us and are in no return."""
    left = order.heard.dispatched
    for line in _returned(order):
        left[line.line.sku] = left.get(line.line.sku, 0) - _counted(line)
    return {sku: pieces for sku, pieces in left.items() if pieces > 0}


def _returned(order: Order) -> QuerySet[ReturnLine]:
    return ReturnLine.objects.filter(of__order=order).select_related("line", "of")


def _counted(line: ReturnLine) -> int:
    """What has not come yet may come; what has not come by now, or was rejected, does not."""
    return line.quantity if line.of.state == "requested" else line.received


def _spread(made: Return, order: Order, wanted: dict[str, int]) -> Iterator[ReturnLine]:
    """Over the order's lines of each SKU, the first ones first."""
    taken: dict[int, int] = {}
    for earlier in _returned(order):
        taken[earlier.line_id] = taken.get(earlier.line_id, 0) + _counted(earlier)
    for line in order.lines.all():
        pieces = min(wanted.get(line.sku, 0), line.quantity - taken.get(line.pk, 0))
        if pieces > 0:
            wanted[line.sku] -= pieces
            yield ReturnLine(of=made, line=line, quantity=pieces)


def receive(asked: ReceiveReturn, *, by: str) -> Return:
    """Raises OrderNotFound, ReturnNotFound, ReturnNotInState, MoreThanRequested, MoreThanReceived, NothingReceived."""
    order, made = _locked(asked.order_id, asked.return_id, "requested")
    lines = list(made.lines.select_related("line"))
    came = _received(lines) if asked.lines is None else _checked(made, asked.lines, lines)
    for line in lines:
        if line.line.sku in came:
            came[line.line.sku] = line.receive(came[line.line.sku])
    made.become("received")
    order.change()
    order.note("return received", who=by, why=made.id)
    restock.later(made.id)
    return found(order, made.id)


def _received(lines: Sequence[ReturnLine]) -> dict[str, ReceivedLine]:
    """All of it, fit to be sold again."""
    pieces = summed((line.line.sku, line.quantity) for line in lines)
    return {sku: ReceivedLine(sku=sku, quantity=count, resellable=count) for sku, count in pieces.items()}


def _checked(made: Return, told: Sequence[ReceivedLine], lines: Sequence[ReturnLine]) -> dict[str, ReceivedLine]:
    """By SKU; lines with the same one count as one."""
    expected = summed((line.line.sku, line.quantity) for line in lines)
    pieces = summed((line.sku, line.quantity) for line in told)
    resellable = summed((line.sku, line.resellable) for line in told)
    for sku, count in pieces.items():
        if count > expected.get(sku, 0):
            raise MoreThanRequested(sku=sku, received=count, requested=expected.get(sku, 0))
        if resellable[sku] > count:
            raise MoreThanReceived(sku=sku, resellable=resellable[sku], received=count)
    if not any(pieces.values()):
        raise NothingReceived(return_id=made.id)
    return {sku: ReceivedLine(sku=sku, quantity=pieces[sku], resellable=resellable[sku]) for sku in pieces}


@task("orders.restock")
def restock(return_id: str) -> None:
    """Put on the shelf what can be sold again. The keys are the return's, so that again is harmless."""
    lines = ReturnLine.objects.filter(of__id=return_id, resellable__gt=0).select_related("line")
    for sku, quantity in summed((line.line.sku, line.resellable) for line in lines).items():
        goods = ReturnStock(sku=sku, quantity=quantity, reference=return_id)
        inventory.take_back(goods, key=f"{return_id}.{sku}")
    with transaction.atomic(using="orders"):
        made = Return.objects.select_related("order").get(pk=return_id)
        made.order.note("goods put back on the shelf", who="return", why=made.id)


def refund(asked: RefundReturn, *, by: str) -> Return:
    """Raises OrderNotFound, ReturnNotFound, ReturnNotInState."""
    order, made = _locked(asked.order_id, asked.return_id, "received")
    refund_return.start(RefundAttempt.objects.create(id=RefundAttemptId.new(), of=made, who=by))
    order.change()
    return found(order, made.id)


def reject(asked: RejectReturn, *, by: str) -> Return:
    """Raises OrderNotFound, ReturnNotFound, ReturnNotInState."""
    order, made = _locked(asked.order_id, asked.return_id, "requested")
    made.become("rejected", Failure(code="orders.return_rejected", detail=asked.reason))
    order.change()
    order.note("return rejected", who=by, why=asked.reason)
    return found(order, made.id)


def returns_of(order: Order) -> list[Return]:
    """Oldest first."""
    return list(order.returns.select_related("order").prefetch_related("lines__line").order_by("id"))


def with_returns(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what comes back of each, oldest first, in three more queries however many they are."""
    made = Return.objects.prefetch_related("lines__line").order_by("id")
    return orders.prefetch_related(Prefetch("returns", made))


def found(order: Order, return_id: str) -> Return:
    """As it is shown. Raises ReturnNotFound."""
    made = order.returns.select_related("order").prefetch_related("lines__line").filter(pk=return_id).first()
    if made is None:
        raise ReturnNotFound(order_id=order.id, return_id=return_id)
    return made


def _locked(order_id: str, return_id: str, state: ReturnState) -> tuple[Order, Return]:
    order = Order.locked(order_id)
    made = Return.objects.get(pk=found(order, return_id).pk)
    if made.state != state:
        raise ReturnNotInState(return_id=made.id, state=made.state)
    return order, made
