"""How an order is fulfilled, told from top to bottom; and, read upwards, how it is undone. How one that stands is given
up, and how what was paid for returned goods is given back.

    place ─ reserve stock ─ authorize payment ─ capture payment ─ confirm
      │          │                 │                  │              └ from here on only forward: shipment and e-mail
   cancel     release             void             refund              follow from OrderConfirmed

A refusal (stock ran out, card declined) undoes what stands before it. No answer is asked again under the same key, and
when the deadline passes the step is undone along with the rest, because it may have happened.

    ask ─ stop shipping ─ cancel ─ withdraw stock ─ give the money back
     │         │            └ from here on only forward
   refuse    resume

    begin refund ─ give the share back ─ conclude       only forward: money that was promised is not taken back
"""

from datetime import timedelta

from modules.inventory.contracts import ReserveStock, StockLine, WithdrawReservation
from modules.inventory.facade import inventory
from modules.orders.contracts import CannotCancel, Failure
from modules.orders.models import Cancellation, Order, RefundAttempt
from modules.payments.contracts import (
    AuthorizePayment,
    CapturePayment,
    NothingToRefund,
    RefundFailed,
    RefundPayment,
)
from modules.payments.facade import payments
from modules.shipping.contracts import StopShipping
from modules.shipping.facade import shipping
from tearline.contracts import Unavailable
from tearline.facades import asked_by
from tearline.sagas import Saga, Why

EXPIRED = "orders.expired"
"""Why a run turns back that was not paid in time."""

CARRIER_ANSWERS_WITHIN = timedelta(hours=1)
"""Or the order stays as it is, and what was stopped is packed anew, which takes another label."""

fulfil = Saga("orders.fulfil", subject=Order)


@fulfil.local
def place(order: Order) -> None:
    order.place(by=asked_by())  # commits with the order itself: an order that exists is being fulfilled


@place.undo
def cancel(order: Order, why: Why) -> None:
    reason = Failure(code=why.code, detail=why.detail)
    if why.code == EXPIRED:
        order.expire(reason)
    else:
        order.cancel(reason)


@fulfil.remote
def reserve_stock(order: Order) -> None:
    lines = [StockLine(sku=line.sku, quantity=line.quantity) for line in order.lines.all()]
    inventory.reserve(ReserveStock(order_id=order.id, lines=lines), key=order.key("stock"))


@reserve_stock.undo
def release_stock(order: Order) -> None:
    inventory.release(key=order.key("stock"))


@fulfil.remote
def authorize_payment(order: Order) -> None:
    if order.is_free:
        return
    request = AuthorizePayment(order_id=order.id, amount=order.amount, method=order.payment_method)
    payments.authorize(request, key=order.key("payment"))


@authorize_payment.undo
def void_payment(order: Order) -> None:
    payments.void(key=order.key("payment"))


@fulfil.remote
def capture_payment(order: Order) -> None:
    if order.is_free:
        return
    payments.capture(CapturePayment(order_id=order.id, amount=order.amount), key=order.key("capture"))


@capture_payment.undo
def refund_payment(order: Order) -> None:
    payments.refund(key=order.key("capture"))


@fulfil.local(pivot=True)
def confirm(order: Order) -> None:
    taken = not order.is_free and fulfil.was_answered(order, capture_payment)
    order.confirm(taken=taken)  # commits with its line in the journal


give_up = Saga("orders.give_up", subject=Cancellation)


@give_up.local
def ask(cancellation: Cancellation) -> None:
    cancellation.order.note("cancellation asked for", who=cancellation.who, why=cancellation.reason)


@ask.undo
def refuse(cancellation: Cancellation, why: Why) -> None:
    order = Order.locked(cancellation.order_id)
    cancellation.become("refused")
    order.note("cancellation refused", who="cancellation", why=why.detail)


@give_up.remote(deadline=CARRIER_ANSWERS_WITHIN)
def stop_shipping(cancellation: Cancellation) -> None:
    request = StopShipping(order_id=cancellation.order.id, reason="the order was cancelled")
    shipping.stop(request, key=cancellation.key("shipping"))


@stop_shipping.undo
def resume_shipping(cancellation: Cancellation) -> None:
    shipping.resume(key=cancellation.key("shipping"))


@give_up.local(pivot=True)
def cancel_order(cancellation: Cancellation) -> None:
    order = Order.locked(cancellation.order_id)
    if order.status != "confirmed":
        raise CannotCancel(order_id=order.id, state=order.status)
    cancellation.become("done")
    reason = Failure(code="orders.cancelled_on_request", detail=cancellation.reason)
    order.cancel(reason, by=cancellation.who)


@give_up.remote
def withdraw_stock(cancellation: Cancellation) -> None:
    order = cancellation.order
    reservation = inventory.reservation_of(order.id)
    if reservation is None or reservation.state == "released":
        return  # an operator saw to it
    if reservation.state == "held":
        raise Unavailable("inventory has not heard yet that it was confirmed", maybe_done=False, retry_after=1)
    request = WithdrawReservation(order_id=order.id, reference=cancellation.id)
    inventory.withdraw(request, key=cancellation.key("stock"))


@give_up.remote
def refund_order(cancellation: Cancellation) -> None:
    if not cancellation.order.is_free:
        payments.refund(key=cancellation.order.key("capture"))


refund_return = Saga("orders.refund_return", subject=RefundAttempt)


@refund_return.local(pivot=True)
def begin_refund(attempt: RefundAttempt) -> None:
    attempt.of.become("refunding")
    attempt.of.order.note("refund asked for", who=attempt.who, why=attempt.of.id)


@refund_return.remote
def give_share_back(attempt: RefundAttempt) -> None:
    """A "no" is an answer, too: under this key there will be no other."""
    amount = attempt.of.amount
    if amount.amount == 0:
        return
    request = RefundPayment(order_id=attempt.of.order.id, amount=amount, reason=f"return {attempt.of.id}")
    try:
        payments.refund_part(request, key=attempt.id)
    except (NothingToRefund, RefundFailed) as declined:
        attempt.note_declined(Failure(code=declined.code, detail=declined.detail))


@refund_return.local
def conclude(attempt: RefundAttempt) -> None:
    order = Order.locked(attempt.of.order_id)
    if attempt.declined:
        attempt.of.become("received", attempt.declined)
        order.note("refund declined", who="return", why=attempt.declined.detail)
        return
    attempt.of.become("refunded")
    attempt.of.announce_refund()
    order.note("refunded", who="return", why=f"{attempt.of.amount} for {attempt.of.id}")
