"""When the provider does not answer, nobody guesses: it is asked again, or asked what happened."""

from collections.abc import Callable
from typing import Any

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Answer, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import (
    CARD_FLAKY,
    CARD_LOST_ANSWER,
    CARD_SLOW,
    NothingToCapture,
    Payment,
    PaymentDeclined,
)
from modules.payments.facade import Payments
from modules.payments.tests.played import PRICE, Down, PulledPlug, to_pay, to_take, until_answered
from tearline.contracts import Money, Unavailable
from tearline.models import TaskRow


@pytest.fixture
def now(payments: Payments, order_id: OrderId) -> Callable[[], Payment]:
    """How the order's payment stands."""

    def look() -> Payment:
        payment = payments.payment_of(order_id)
        assert payment is not None
        return payment

    return look


def pay(payments: Payments, order_id: OrderId, method: str) -> None:
    """Authorize and capture, asking each until there is an answer."""
    until_answered(lambda: payments.authorize(to_pay(order_id, method=method), key="pay"))
    until_answered(lambda: payments.capture(to_take(order_id), key="take"))


def test_a_lost_answer_leaves_the_payment_unknown_until_the_same_key_is_asked_again(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, now: Callable[[], Payment]
) -> None:
    with pytest.raises(Unavailable) as lost:
        payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay")
    assert lost.value.maybe_done
    assert now().state == "unknown"

    payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay")
    assert now().state == "authorized"
    assert len(provider.holds(order_id)) == 1


def test_a_call_that_did_nothing_leaves_the_payment_processing(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, now: Callable[[], Payment]
) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable) as failed:
            payments.authorize(to_pay(order_id, method=CARD_FLAKY), key="pay")
        assert not failed.value.maybe_done
        assert now().state == "processing"

    assert payments.authorize(to_pay(order_id, method=CARD_FLAKY), key="pay").state == "authorized"


@pytest.mark.parametrize("method", [CARD_LOST_ANSWER, CARD_FLAKY, CARD_SLOW])
def test_whatever_the_trouble_the_order_is_charged_once(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, method: str
) -> None:
    pay(payments, order_id, method)

    assert [charge.amount for charge in provider.charges(order_id)] == [PRICE]
    assert provider.holds(order_id) == []


@pytest.mark.parametrize("method", [CARD_LOST_ANSWER, CARD_FLAKY, CARD_SLOW])
def test_whatever_the_trouble_undoing_gives_everything_back(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, now: Callable[[], Payment], method: str
) -> None:
    pay(payments, order_id, method)
    until_answered(lambda: payments.refund(key="take"))
    until_answered(lambda: payments.void(key="pay"))

    assert now().state == "cancelled"
    assert [charge.amount == charge.refunded for charge in provider.charges(order_id)] == [True]


def test_a_payment_whose_answer_was_lost_can_be_undone_unseen(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, now: Callable[[], Payment]
) -> None:
    with pytest.raises(Unavailable):
        payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay")
    until_answered(lambda: payments.void(key="pay"))

    assert now().state == "cancelled"
    assert now().authorized == PRICE
    assert provider.holds(order_id) == []


def test_a_capture_whose_answer_was_lost_can_be_undone_unseen(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, now: Callable[[], Payment]
) -> None:
    until_answered(lambda: payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay"))
    with pytest.raises(Unavailable):
        payments.capture(to_take(order_id), key="take")
    until_answered(lambda: payments.refund(key="take"))

    assert (now().captured, now().refunded) == (PRICE, PRICE)
    assert [charge.refunded for charge in provider.charges(order_id)] == [PRICE]


def test_what_a_capture_under_way_is_after_cannot_be_captured_twice(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None]
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Down())
    with pytest.raises(Unavailable):
        payments.capture(to_take(order_id), key="take")

    with pytest.raises(NothingToCapture):
        payments.capture(to_take(order_id, Money(amount=1, currency="EUR")), key="take more")


def test_what_the_provider_has_not_said_that_it_took_is_not_taken(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    class SaysNeither(SimulatedProvider):
        def capture(self, **_told: Any) -> Answer:
            return Answer()

    payments.authorize(to_pay(order_id), key="pay")
    use(SaysNeither())
    with pytest.raises(Unavailable, match="has not said whether it took 1999 of"):
        payments.capture(to_take(order_id), key="take")
    use(provider)
    assert payments.capture(to_take(order_id), key="take").captured == PRICE


@pytest.mark.parametrize("deed", ["pay", "take"])
def test_an_intent_whose_asker_died_is_settled_by_asking_the_provider(
    payments: Payments,
    order_id: OrderId,
    use: Callable[[Provider], None],
    provider: SimulatedProvider,
    now: Callable[[], Payment],
    deed: str,
) -> None:
    class DiesOfTheAnswer(SimulatedProvider):
        def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
            answer = super().authorize(key=key, order_id=order_id, amount=amount, method=method)
            if deed == "pay":
                raise PulledPlug
            return answer

        def capture(self, *, key: str, authorization: str, amount: Money) -> Answer:
            super().capture(key=key, authorization=authorization, amount=amount)
            raise PulledPlug

    use(DiesOfTheAnswer())
    with pytest.raises(PulledPlug):
        pay(payments, order_id, "pm_card_ok")
    use(provider)
    services.settle(now().id)

    assert now().state == {"pay": "authorized", "take": "captured"}[deed]


def test_a_declined_answer_that_was_lost_is_found_too(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], now: Callable[[], Payment]
) -> None:
    class DiesOfTheAnswer(SimulatedProvider):
        def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
            super().authorize(key=key, order_id=order_id, amount=amount, method=method)
            raise PulledPlug

    use(DiesOfTheAnswer())
    with pytest.raises(PulledPlug):
        payments.authorize(to_pay(order_id, method="pm_card_declined"), key="pay")
    services.settle(now().id)

    assert (now().state, now().failure) == ("failed", "card_declined")
    use(SimulatedProvider())
    with pytest.raises(PaymentDeclined):
        payments.authorize(to_pay(order_id, method="pm_card_declined"), key="pay")


def test_what_the_provider_never_heard_of_stays_open_until_somebody_asks_again_or_undoes_it(
    payments: Payments,
    order_id: OrderId,
    use: Callable[[Provider], None],
    provider: SimulatedProvider,
    now: Callable[[], Payment],
) -> None:
    use(Down())
    with pytest.raises(Unavailable):
        payments.authorize(to_pay(order_id), key="pay")
    with pytest.raises(Unavailable):
        services.settle(now().id)
    assert now().state == "unknown"

    use(provider)
    payments.void(key="pay")
    services.settle(now().id)
    assert now().state == "cancelled"


def test_an_undo_that_nobody_answered_is_tried_again_by_itself(
    payments: Payments,
    order_id: OrderId,
    use: Callable[[Provider], None],
    provider: SimulatedProvider,
    now: Callable[[], Payment],
) -> None:
    pay(payments, order_id, "pm_card_ok")
    use(Down())
    with pytest.raises(Unavailable):
        payments.refund(key="take")
    use(provider)
    services.let_go(now().id)

    assert now().state == "cancelled"
    assert [charge.refunded for charge in provider.charges(order_id)] == [PRICE]


def test_a_payment_that_nobody_knows_of_is_let_go_by_itself_once_it_was_voided(
    payments: Payments,
    order_id: OrderId,
    use: Callable[[Provider], None],
    provider: SimulatedProvider,
    now: Callable[[], Payment],
) -> None:
    with pytest.raises(Unavailable):
        payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay")
    use(Down())
    with pytest.raises(Unavailable):
        payments.void(key="pay")
    assert now().state == "unknown"

    use(provider)
    until_answered(lambda: services.let_go(now().id))
    assert now().state == "cancelled"
    assert provider.holds(order_id) == []


def test_what_is_about_to_be_let_go_is_not_captured(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Down())
    with pytest.raises(Unavailable):
        payments.void(key="pay")
    use(provider)

    with pytest.raises(NothingToCapture):
        payments.capture(to_take(order_id), key="take")


def test_every_try_has_somebody_coming_back_to_it(payments: Payments, order_id: OrderId) -> None:
    pay(payments, order_id, CARD_FLAKY)
    until_answered(lambda: payments.refund(key="take"))
    until_answered(lambda: payments.void(key="pay"))
    waiting = TaskRow.objects.using("payments").filter(finished_at=None).order_by("id").values_list("name", flat=True)

    assert list(waiting) == ["payments.settle"] * 6 + ["payments.let_go"] * 6
