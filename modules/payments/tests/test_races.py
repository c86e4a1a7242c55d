"""Doing, undoing and doing again at the same moment, by threads with connections of their own."""

from collections.abc import Callable

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import (
    CARD_FLAKY,
    CARD_LOST_ANSWER,
    CARD_OK,
    CARD_SLOW,
    AlreadyBeingPaid,
    NothingToCapture,
)
from modules.payments.contracts import Payment as PaymentSeen
from modules.payments.facade import Payments
from modules.payments.models import Capture, Payment
from modules.payments.states import OVER
from modules.payments.tests.played import PRICE, at_once, to_pay, to_take, until_answered
from tearline.testing import settle

EACH_METHOD = pytest.mark.parametrize("method", [CARD_OK, CARD_SLOW, CARD_LOST_ANSWER, CARD_FLAKY])


@pytest.fixture(params=range(5))
def order_id() -> OrderId:
    """A new one for each of several runs of every race."""
    return OrderId.new()


def undo(payments: Payments, *, void: str, refund: str | None = None) -> None:
    """Give back and let go, as a saga does."""
    if refund:
        until_answered(lambda: payments.refund(key=refund))
    until_answered(lambda: payments.void(key=void))


def look_after() -> None:
    """What happens once everybody's patience is over: answers that got lost are looked for."""
    for payment in Payment.objects.all():
        services.settle(payment.id)
    settle()


@EACH_METHOD
def test_authorize_void_and_retry_at_once_hold_nothing(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None], method: str
) -> None:
    use(real)
    request = to_pay(order_id, method=method)
    at_once(
        lambda: payments.authorize(request, key="pay"),
        lambda: undo(payments, void="pay"),
        lambda: payments.authorize(request, key="pay"),
    )
    look_after()

    assert real.holds(order_id) == []
    assert not Payment.objects.exclude(state__in=OVER).exists()


@EACH_METHOD
def test_capture_refund_and_retry_at_once_keep_nothing_and_charge_at_most_once(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None], method: str
) -> None:
    use(real)
    until_answered(lambda: payments.authorize(to_pay(order_id, method=method), key="pay"))
    at_once(
        lambda: payments.capture(to_take(order_id), key="take"),
        lambda: undo(payments, refund="take", void="pay"),
        lambda: payments.capture(to_take(order_id), key="take"),
    )
    look_after()

    charges = real.charges(order_id)
    assert len(charges) <= 1
    assert all(charge.amount == charge.refunded for charge in charges)
    assert real.holds(order_id) == []
    assert Payment.objects.get().state == "cancelled"


def test_one_key_at_once_is_one_payment(payments: Payments, order_id: OrderId, provider: SimulatedProvider) -> None:
    request = to_pay(order_id)
    answers = at_once(*[lambda: payments.authorize(request, key="pay")] * 8)

    assert [type(answer) for answer in answers] == [PaymentSeen] * 8
    assert len({str(answer) for answer in answers}) == 1
    assert len(provider.holds(order_id)) == 1


def test_two_keys_at_once_are_one_payment_and_a_refusal(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    request = to_pay(order_id)
    answers = at_once(
        lambda: payments.authorize(request, key="first"), lambda: payments.authorize(request, key="second")
    )

    assert {type(answer) for answer in answers} == {PaymentSeen, AlreadyBeingPaid}
    assert len(provider.holds(order_id)) == 1


def test_two_captures_at_once_take_no_more_than_is_held(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    answers = at_once(
        lambda: payments.capture(to_take(order_id), key="first"),
        lambda: payments.capture(to_take(order_id), key="second"),
    )

    assert {type(answer) for answer in answers} == {PaymentSeen, NothingToCapture}
    assert Capture.objects.count() == 1  # the second one was not even begun
    assert [charge.amount for charge in provider.charges(order_id)] == [PRICE]
