"""The work: note what is wanted, ask the provider, book what it says, and come back to whatever that left open."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Kind, Movement, Part, provider
from modules.payments.contracts import (
    AlreadyBeingPaid,
    AuthorizePayment,
    CapturePayment,
    CaptureUndecided,
    NothingToCapture,
    NothingToRefund,
    PaymentId,
    PaymentIntent,
    RefundId,
    RefundPayment,
)
from modules.payments.events import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
)
from modules.payments.models import Capture, Dispute, Payment, Refund, RefundShare
from modules.payments.states import OVER, UNDECIDED, State, intent_state
from tearline.contracts import Money, Unavailable
from tearline.events import Event, publish
from tearline.work import task

PATIENCE = timedelta(seconds=30)
"""How long the answer to a try may take before we go and ask what became of it."""

NEXT_LOOK = timedelta(hours=1)
"""When to ask again what became of something that the provider has heard of and not decided."""

D = TypeVar("D", Payment, Capture)


def intend_to_hold(request: AuthorizePayment, *, key: str) -> Payment:
    """The payment under this key, made unless it is there. Raises AlreadyBeingPaid."""
    wanted = {
        "id": PaymentId.new(),
        "order_id": request.order_id,
        "method": request.method,
        "amount": request.amount.amount,
        "currency": request.amount.currency,
    }
    try:
        payment, _ = Payment.objects.get_or_create(key=key, defaults=wanted)
    except IntegrityError:  # one live payment per order
        raise AlreadyBeingPaid(order_id=request.order_id) from None
    settle.after(PATIENCE, payment.id)
    return payment


def hold(payment: Payment) -> Answer:
    """Ask the provider. With no transaction open, as all that ask. Raises Unavailable."""
    return provider().authorize(
        key=payment.provider_key,
        order_id=OrderId(payment.order_id),
        amount=Money(amount=payment.amount, currency=payment.currency),
        method=payment.method,
    )


def intend_to_capture(request: CapturePayment, *, key: str) -> Capture:
    """The capture under this key, made unless it is there. Raises NothingToCapture."""
    capture = Capture.objects.select_related("payment").filter(key=key).first() or _begin_capture(request, key=key)
    settle.after(PATIENCE, capture.payment_id)
    return capture


def _begin_capture(request: CapturePayment, *, key: str) -> Capture:
    payment = Payment.objects.select_for_update().filter(order_id=request.order_id).exclude(state__in=OVER).first()
    if payment is None or not _covers(payment, request.amount):
        raise NothingToCapture(order_id=request.order_id)
    return payment.captures.create(key=key, amount=request.amount.amount)


def _covers(payment: Payment, amount: Money) -> bool:
    return not payment.unwanted and payment.currency == amount.currency and payment.free >= amount.amount


def take(capture: Capture) -> Answer:
    """Ask the provider. Raises Unavailable."""
    payment = capture.payment
    return provider().capture(
        key=capture.provider_key,
        authorization=payment.provider_key,
        amount=Money(amount=capture.amount, currency=payment.currency),
    )


def intend_to_refund(request: RefundPayment, *, key: str) -> Refund:
    """The refund under this key, made unless it is there. Raises NothingToRefund, CaptureUndecided."""
    refund = Refund.objects.select_related("payment").filter(key=key).first() or _begin_refund(request, key=key)
    settle.after(PATIENCE, refund.payment_id)
    return refund


def _begin_refund(request: RefundPayment, *, key: str) -> Refund:
    """Under the payment's lock, so that of two at once the second sees what the first is after."""
    payment = Payment.objects.select_for_update().filter(order_id=request.order_id).exclude(state__in=OVER).first()
    if payment is None or payment.currency != request.amount.currency:
        raise NothingToRefund(order_id=request.order_id)
    wanted = request.amount.amount
    shares = list(_shares(payment, wanted))
    if payment.refundable < wanted or sum(share.amount for share in shares) < wanted:
        if payment.captures.filter(state__in=UNDECIDED).exists():
            raise CaptureUndecided(order_id=request.order_id)
        raise NothingToRefund(order_id=request.order_id)
    refund = payment.refunds.create(id=RefundId.new(), key=key, amount=wanted, reason=request.reason)
    for share in shares:
        share.refund = refund
    RefundShare.objects.bulk_create(shares)
    return refund


def _shares(payment: Payment, wanted: int) -> Iterator[RefundShare]:
    """How much of it to give back out of which capture. Less than wanted when there is no more."""
    for capture in payment.captures.order_by("id"):
        share = min(wanted, capture.refundable)
        if share > 0:
            wanted -= share
            yield RefundShare(capture=capture, amount=share)


def give_back_parts(refund: Refund) -> Answer:
    """Ask the provider. Raises Unavailable."""
    shares = refund.shares.select_related("capture").order_by("id")
    return provider().refund_parts(
        key=refund.provider_key,
        authorization=refund.payment.provider_key,
        parts=[Part(capture=share.capture.provider_key, amount=share.amount) for share in shares],
    )


def book(deed: Payment | Capture | Refund, answer: Answer) -> None:
    """Book what came of doing it, and announce it. If it was undone in the meantime, see that it is given back."""
    _write_down(deed, answer)
    if not isinstance(deed, Refund) and deed.must_be_given_back:
        let_go.later(deed.payment_id)


def _write_down(deed: Payment | Capture | Refund, answer: Answer) -> None:
    """What was said before changes nothing, and is not announced again."""
    deed.lock()
    had_failed = deed.state == State.FAILED
    fresh = deed.book(answer)
    payment = deed if isinstance(deed, Payment) else deed.payment
    publish(*_news(payment, fresh, payment.follow(answer.claims)))
    if isinstance(deed, Payment) and deed.state == State.FAILED and not had_failed:
        publish(PaymentFailed(payment_id=PaymentId(deed.id), order_id=OrderId(deed.order_id), reason=deed.failure))


_TOLD_AS: dict[Kind, type[PaymentAuthorized] | type[PaymentCaptured] | type[PaymentRefunded]] = {
    "authorized": PaymentAuthorized,
    "captured": PaymentCaptured,
    "refunded": PaymentRefunded,
}


def _news(payment: Payment, movements: Iterable[Movement], disputes: Iterable[Dispute]) -> Iterator[Event]:
    payment_id, order_id = PaymentId(payment.id), OrderId(payment.order_id)
    for movement in movements:
        if movement.kind in _TOLD_AS:
            amount = payment.money(movement.amount)
            yield _TOLD_AS[movement.kind](payment_id=payment_id, order_id=order_id, amount=amount)
    for dispute in disputes:
        yield PaymentDisputed(
            payment_id=payment_id,
            order_id=order_id,
            dispute=dispute.reference,
            state=dispute.state,
            amount=payment.money(dispute.amount),
            reason=dispute.reason,
        )


def intend_to_undo(kind: type[D], *, key: str) -> D | None:
    """Want no more of what was done under this key, now or later. None when there is nothing to undo."""
    deed = kind._default_manager.filter(key=key).first()
    if deed is None or deed.state == State.FAILED:
        return None
    deed.lock()
    deed.want_no_more()
    let_go.after(PATIENCE, deed.payment_id)
    return deed


def give_back(deed: Payment | Capture) -> Answer:
    """Ask the provider. Raises Unavailable."""
    if isinstance(deed, Capture):
        return provider().refund(key=deed.provider_key)
    return provider().void(key=deed.provider_key)


def book_undoing(deed: Payment | Capture, answer: Answer) -> None:
    """Book what came of undoing it. What is held even then waits for a capture under way."""
    _write_down(deed, answer)


@task("payments.settle")
def settle(payment_id: str) -> None:
    """Find out what became of all that the provider was asked to do and did not answer.

    Raises Unavailable while the provider has not heard of it: whoever wanted it asks again under its key, or undoes it.
    """
    for deed in asked(payment_id):
        if deed.lacks_outcome:
            _look_for(deed)


def _look_for(deed: Payment | Capture | Refund) -> None:
    """A refund that the provider never heard of is carried out now: nobody undoes one, and its key happens once."""
    answer = became_of(deed)
    if answer is None and isinstance(deed, Refund):
        answer = give_back_parts(deed)
    if answer is not None:
        with transaction.atomic(using="payments"):
            book(deed, answer)
            if deed.is_undecided:
                settle.after(NEXT_LOOK, deed.payment_id)
    elif deed.is_undecided:
        raise Unavailable(f"the provider has not heard of {deed}", maybe_done=False)


def became_of(deed: Payment | Capture | Refund) -> Answer | None:
    """Ask the provider. None when it never heard of it. Raises Unavailable."""
    if isinstance(deed, Refund):
        return provider().find_refund(key=deed.provider_key, authorization=deed.payment.provider_key)
    return provider().find(key=deed.provider_key)


def look_again(payment_id: str) -> None:
    """Ask what became of all that was asked for, and book what is new. Once or often, early or late: the same.

    A hold comes first. Once it is booked, what is new of it may be a dispute, which takes back what captures took.
    """
    hold, *others = [(deed, became_of(deed)) for deed in asked(payment_id)]
    for deed, answer in [*others, hold] if hold[0].has_moved else [hold, *others]:
        if answer is not None:
            with transaction.atomic(using="payments"):
                book(deed, answer)


@task("payments.let_go")
def let_go(payment_id: str) -> None:
    """Give back all that was undone and is still, or may still be, held or kept.

    Raises Unavailable if the provider will not: it is asked again, and in the end somebody has to look.
    """
    for deed in _deeds(payment_id):
        if deed.must_be_given_back:
            answer = give_back(deed)
            with transaction.atomic(using="payments"):
                book_undoing(deed, answer)
            if answer.declined and deed.must_be_given_back:
                raise Unavailable(f"the provider does not give {deed} back: {answer.declined}", maybe_done=False)


def _deeds(payment_id: str) -> list[Payment | Capture]:
    """Captures first: what they give back is no longer held."""
    payment = Payment.objects.get(pk=payment_id)
    return [*payment.captures.select_related("payment"), payment]


def asked(payment_id: str) -> list[Payment | Capture | Refund]:
    """In the order in which money moves: it is held, taken, given back."""
    payment = Payment.objects.get(pk=payment_id)
    captures, refunds = payment.captures.select_related("payment"), payment.refunds.select_related("payment")
    return [payment, *captures.order_by("id"), *refunds.order_by("id")]


def payment_of(order_id: OrderId) -> Payment | None:
    """The latest payment of an order."""
    return payments(order_id=order_id).order_by("-id").first()


def intent_of(order_id: OrderId) -> PaymentIntent | None:
    """All that was done to get an order paid."""
    found = payments(order_id=order_id).order_by("id")
    attempts = list(found.prefetch_related("refunds__payment", "disputes__payment"))
    if not attempts:
        return None
    return PaymentIntent(
        order_id=order_id,
        state=intent_state([attempt.state for attempt in attempts]),
        amount=attempts[-1].money(attempts[-1].amount),
        attempts=[attempt.to_contract() for attempt in attempts],
        refunds=[refund.to_contract() for attempt in attempts for refund in attempt.refunds.all()],
        disputes=[dispute.to_contract() for attempt in attempts for dispute in attempt.disputes.all()],
    )


def payments(*, order_id: OrderId | None = None) -> QuerySet[Payment]:
    """All payments, or those of one order."""
    return Payment.objects.filter(order_id=order_id) if order_id else Payment.objects.all()
