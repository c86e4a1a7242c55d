"""What payments promises, in every binding."""

from collections.abc import Callable
from typing import Any

import pytest

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import (
    CARD_DECLINED,
    CARD_NO_CAPTURE,
    AlreadyBeingPaid,
    AuthorizePayment,
    NothingToCapture,
    PaymentDeclined,
)
from modules.payments.facade import Payments
from modules.payments.tests.played import PRICE, to_pay, to_take
from tearline.contracts import KeyReused, Money, Undone

PART = Money(amount=500, currency="EUR")
NOTHING = Money(amount=0, currency="EUR")


@pytest.fixture
def payments(bound_payments: Payments) -> Payments:
    return bound_payments


def test_authorizing_holds_the_money(payments: Payments, order_id: OrderId, provider: SimulatedProvider) -> None:
    payment = payments.authorize(to_pay(order_id), key="pay")

    assert (payment.state, payment.authorized, payment.captured) == ("authorized", PRICE, NOTHING)
    assert [hold.amount for hold in provider.holds(order_id)] == [PRICE]
    assert payments.payment_of(order_id) == payment


def test_the_same_key_gives_the_same_payment_and_holds_once(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    first = payments.authorize(to_pay(order_id), key="pay")
    again = payments.authorize(to_pay(order_id), key="pay")

    assert first == again
    assert len(provider.holds(order_id)) == 1


def test_another_request_under_the_same_key_is_refused(payments: Payments, order_id: OrderId) -> None:
    payments.authorize(to_pay(order_id), key="pay")

    with pytest.raises(KeyReused):
        payments.authorize(to_pay(order_id, amount=PART), key="pay")


@pytest.mark.parametrize(
    ("method", "reason"), [(CARD_DECLINED, "card_declined"), ("pm_of_another_world", "no_such_method")]
)
def test_a_declined_payment_is_refused_and_stays_on_record(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, method: str, reason: str
) -> None:
    with pytest.raises(PaymentDeclined) as refused:
        payments.authorize(to_pay(order_id, method=method), key="pay")
    attempt = payments.payment_of(order_id)

    assert refused.value.reason == reason
    assert attempt is not None
    assert (attempt.state, attempt.failure, attempt.authorized) == ("failed", reason, NOTHING)
    assert provider.holds(order_id) == []


def test_a_declined_payment_is_refused_again_under_its_key_and_may_be_tried_under_another(
    payments: Payments, order_id: OrderId
) -> None:
    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            payments.authorize(to_pay(order_id, method=CARD_DECLINED), key="first")
    payment = payments.authorize(to_pay(order_id), key="second")

    assert payments.payment_of(order_id) == payment


def test_an_order_has_one_live_payment(payments: Payments, order_id: OrderId, provider: SimulatedProvider) -> None:
    payments.authorize(to_pay(order_id), key="first")

    with pytest.raises(AlreadyBeingPaid):
        payments.authorize(to_pay(order_id), key="second")
    assert len(provider.holds(order_id)) == 1


def test_capturing_takes_what_was_held(payments: Payments, order_id: OrderId, provider: SimulatedProvider) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payment = payments.capture(to_take(order_id), key="take")

    assert (payment.state, payment.captured) == ("captured", PRICE)
    assert provider.holds(order_id) == []
    assert [charge.amount for charge in provider.charges(order_id)] == [PRICE]


def test_capturing_a_part_leaves_the_rest_held(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id, PART), key="part")
    rest = Money(amount=PRICE.amount - PART.amount, currency="EUR")

    assert [hold.amount for hold in provider.holds(order_id)] == [rest]
    payments.void(key="pay")
    assert provider.holds(order_id) == []
    assert [charge.amount for charge in provider.charges(order_id)] == [PART]


@pytest.mark.parametrize(
    "amount", [PRICE + Money(amount=1, currency="EUR"), Money(amount=1, currency="USD")], ids=["too much", "dollars"]
)
def test_what_is_not_held_is_not_captured(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, amount: Money
) -> None:
    with pytest.raises(NothingToCapture):
        payments.capture(to_take(order_id, amount), key="too early")
    payments.authorize(to_pay(order_id), key="pay")
    with pytest.raises(NothingToCapture):
        payments.capture(to_take(order_id, amount), key="take")

    assert provider.charges(order_id) == []


def test_what_is_held_and_not_taken_is_refused_with_the_reason_and_stays_on_record(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id, method=CARD_NO_CAPTURE), key="pay")
    for _ in range(2):
        with pytest.raises(PaymentDeclined) as refused:
            payments.capture(to_take(order_id), key="take")
        assert refused.value.reason == "capture_failed"
    attempt = payments.payment_of(order_id)
    assert attempt is not None
    assert (attempt.state, attempt.failure) == ("authorized", "capture_failed")

    payments.refund(key="take")
    payments.void(key="pay")
    attempt = payments.payment_of(order_id)
    assert attempt is not None
    assert (attempt.state, attempt.failure, attempt.captured) == ("cancelled", "capture_failed", NOTHING)
    assert provider.holds(order_id) == []


def test_what_is_taken_in_the_end_was_not_declined(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, use: Callable[[Provider], None]
) -> None:
    class DeclinesOnce(SimulatedProvider):
        def capture(self, **_told: Any) -> Answer:
            use(provider)
            return Answer(declined="try_again_later")

    payments.authorize(to_pay(order_id), key="pay")
    use(DeclinesOnce())
    with pytest.raises(PaymentDeclined, match="try_again_later"):
        payments.capture(to_take(order_id), key="first")
    payment = payments.capture(to_take(order_id), key="second")

    assert (payment.state, payment.failure) == ("captured", None)


def test_voiding_lets_go_and_makes_room_for_another_payment(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="first")
    for _ in range(2):
        payments.void(key="first")
    voided = payments.payment_of(order_id)

    assert voided is not None
    assert voided.state == "cancelled"
    assert provider.holds(order_id) == []
    with pytest.raises(Undone):
        payments.authorize(to_pay(order_id), key="first")
    assert payments.authorize(to_pay(order_id), key="second").state == "authorized"


def test_refunding_gives_back_what_was_captured_under_the_key(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id), key="take")
    for _ in range(2):
        payments.refund(key="take")
    payment = payments.payment_of(order_id)

    assert payment is not None
    assert (payment.state, payment.captured, payment.refunded) == ("cancelled", PRICE, PRICE)
    assert [charge.refunded for charge in provider.charges(order_id)] == [PRICE]


def test_voiding_does_not_give_back_what_was_captured(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id), key="take")
    payments.void(key="pay")
    payment = payments.payment_of(order_id)

    assert payment is not None
    assert payment.state == "captured"
    assert [charge.refunded for charge in provider.charges(order_id)] == [NOTHING]


def test_what_is_undone_before_it_is_done_is_never_done(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.void(key="pay")
    with pytest.raises(Undone):
        payments.authorize(to_pay(order_id), key="pay")
    payments.refund(key="take")
    with pytest.raises(Undone):
        payments.capture(to_take(order_id), key="take")

    assert payments.payment_of(order_id) is None
    assert (provider.holds(order_id), provider.charges(order_id)) == ([], [])


def test_undoing_a_declined_payment_is_fine(payments: Payments, order_id: OrderId) -> None:
    with pytest.raises(PaymentDeclined):
        payments.authorize(to_pay(order_id, method=CARD_DECLINED), key="pay")
    payments.void(key="pay")
    payment = payments.payment_of(order_id)

    assert payment is not None
    assert payment.state == "failed"


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_can_be_asked_for(order_id: OrderId, amount: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        AuthorizePayment(order_id=order_id, amount=Money(amount=amount, currency="EUR"), method="pm_card_ok")
