"""The work: note what is wanted, ask the provider, book what it says, and come back to whatever that left open."""

from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, provider
from modules.payments.contracts import (
    AlreadyBeingPaid,
    AuthorizePayment,
    CapturePayment,
    NothingToCapture,
    PaymentId,
)
from modules.payments.models import OVER, Capture, Payment, State
from tearline.contracts import Money, Unavailable
from tearline.work import task

PATIENCE = timedelta(seconds=30)
"""How long the answer to a try may take before we go and ask what became of it."""

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


def book(deed: Payment | Capture, answer: Answer) -> None:
    """Book what came of doing it. If it was undone in the meantime, see to it that it is given back."""
    deed.lock()
    deed.book(answer)
    if deed.must_be_given_back:
        let_go.later(deed.payment_id)


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
    deed.lock()
    deed.book(answer)


@task("payments.settle")
def settle(payment_id: str) -> None:
    """Find out what became of all that the provider was asked to do and did not answer.

    Raises Unavailable while the provider has not heard of it: whoever wanted it asks again under its key, or undoes it.
    """
    for deed in _deeds(payment_id):
        if deed.lacks_outcome:
            _look_for(deed)


def _look_for(deed: Payment | Capture) -> None:
    answer = provider().find(key=deed.provider_key)
    if answer is not None:
        with transaction.atomic(using="payments"):
            book(deed, answer)
    elif deed.is_undecided:
        raise Unavailable(f"the provider has not heard of {deed}", maybe_done=False)


@task("payments.let_go")
def let_go(payment_id: str) -> None:
    """Give back all that was undone and is still, or may still be, held or kept."""
    for deed in _deeds(payment_id):
        if deed.must_be_given_back:
            answer = give_back(deed)
            with transaction.atomic(using="payments"):
                book_undoing(deed, answer)


def _deeds(payment_id: str) -> list[Payment | Capture]:
    """Captures first: what they give back is no longer held."""
    payment = Payment.objects.get(pk=payment_id)
    return [*payment.captures.select_related("payment"), payment]


def payment_of(order_id: OrderId) -> Payment | None:
    """The latest payment of an order."""
    return payments(order_id=order_id).order_by("-id").first()


def payments(*, order_id: OrderId | None = None) -> QuerySet[Payment]:
    """All payments, or those of one order."""
    return Payment.objects.filter(order_id=order_id) if order_id else Payment.objects.all()
