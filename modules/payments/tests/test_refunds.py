"""Money is given back in parts: never more than was taken, each part once, whoever asks and whoever dies."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Answer, Movement, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import (
    CARD_DISPUTED,
    CARD_FLAKY,
    CARD_LOST_ANSWER,
    CARD_NO_REFUND,
    CARD_OK,
    CARD_SLOW,
    CaptureUndecided,
    NothingToRefund,
    Refund,
    RefundFailed,
    RefundPayment,
)
from modules.payments.facade import Payments
from modules.payments.models import Payment
from modules.payments.models import Refund as RefundRow
from modules.payments.tests.played import PRICE, Down, PulledPlug, at_once, to_pay, to_take, until_answered
from tearline import crash_points
from tearline.contracts import KeyReused, Money, Unavailable
from tearline.testing import settle

PART = Money(amount=500, currency="EUR")
REST = Money(amount=1499, currency="EUR")
EUR_1 = Money(amount=1, currency="EUR")


def to_refund(order_id: OrderId, amount: Money = PART) -> RefundPayment:
    return RefundPayment(order_id=order_id, amount=amount, reason="one mug was broken")


def charge(payments: Payments, order_id: OrderId, method: str = CARD_OK) -> None:
    until_answered(lambda: payments.authorize(to_pay(order_id, method=method), key=f"pay {order_id}"))
    until_answered(lambda: payments.capture(to_take(order_id), key=f"take {order_id}"))


def given_back(provider: SimulatedProvider, order_id: OrderId) -> int:
    return sum(each.refunded.amount for each in provider.charges(order_id))


def now(payments: Payments, order_id: OrderId) -> tuple[str, int]:
    payment = payments.payment_of(order_id)
    assert payment is not None
    return payment.state, payment.refunded.amount


@pytest.fixture
def charged(payments: Payments, order_id: OrderId) -> OrderId:
    charge(payments, order_id)
    return order_id


def test_parts_are_given_back_one_by_one_and_the_last_one_ends_the_payment(
    bound_payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    charge(bound_payments, order_id)
    first = bound_payments.refund_part(to_refund(order_id), key="first")

    assert (first.state, first.amount, first.reason, first.failure) == ("refunded", PART, "one mug was broken", None)
    assert now(bound_payments, order_id) == ("captured", 500)
    bound_payments.refund_part(to_refund(order_id, REST), key="rest")
    assert now(bound_payments, order_id) == ("cancelled", PRICE.amount)
    assert given_back(provider, order_id) == PRICE.amount


def test_the_same_key_gives_back_once(payments: Payments, charged: OrderId, provider: SimulatedProvider) -> None:
    first = payments.refund_part(to_refund(charged), key="part")

    assert payments.refund_part(to_refund(charged), key="part") == first
    with pytest.raises(KeyReused):
        payments.refund_part(to_refund(charged, EUR_1), key="part")
    assert given_back(provider, charged) == PART.amount


@pytest.mark.parametrize("amount", [PRICE + EUR_1, Money(amount=1, currency="USD")], ids=["too much", "dollars"])
def test_what_was_not_taken_is_not_given_back(payments: Payments, charged: OrderId, amount: Money) -> None:
    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(charged, amount), key="part")


def test_parts_together_are_no_more_than_was_taken(
    payments: Payments, charged: OrderId, provider: SimulatedProvider
) -> None:
    payments.refund_part(to_refund(charged, REST), key="first")
    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(charged, PART + EUR_1), key="second")

    assert given_back(provider, charged) == REST.amount


def test_what_is_only_held_is_not_given_back(payments: Payments, order_id: OrderId) -> None:
    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(order_id), key="early")
    payments.authorize(to_pay(order_id), key="pay")
    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(order_id), key="part")


def test_one_refund_is_taken_out_of_several_captures_oldest_first(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id, PART), key="first")
    payments.capture(to_take(order_id, REST), key="second")
    refund = payments.refund_part(to_refund(order_id, PART + PART), key="part")

    assert refund.state == "refunded"
    assert [each.refunded for each in provider.charges(order_id)] == [PART, PART]
    [payment] = Payment.objects.all()
    assert [(each.state, each.refunded) for each in payment.captures.order_by("id")] == [
        ("cancelled", 500),
        ("captured", 500),
    ]


def test_undoing_a_capture_gives_back_what_its_refunds_have_left(
    payments: Payments, charged: OrderId, provider: SimulatedProvider
) -> None:
    payments.refund_part(to_refund(charged), key="part")
    payments.refund(key=f"take {charged}")

    assert given_back(provider, charged) == PRICE.amount
    assert now(payments, charged) == ("cancelled", PRICE.amount)


def test_nothing_is_given_back_while_nobody_knows_what_was_taken(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Down())
    with pytest.raises(Unavailable):
        payments.capture(to_take(order_id), key="take")
    use(provider)

    with pytest.raises(CaptureUndecided):
        payments.refund_part(to_refund(order_id), key="part")


def test_a_decided_capture_can_be_given_back_while_another_is_undecided(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id, PART), key="first")
    use(Down())
    with pytest.raises(Unavailable):
        payments.capture(to_take(order_id, REST), key="second")
    use(provider)

    assert payments.refund_part(to_refund(order_id), key="part").state == "refunded"


def test_a_declined_refund_is_refused_again_and_gives_nothing_back(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    charge(payments, order_id, CARD_NO_REFUND)
    for _ in range(2):
        with pytest.raises(RefundFailed) as refused:
            payments.refund_part(to_refund(order_id), key="part")

    assert refused.value.reason == "refund_failed"
    assert given_back(provider, order_id) == 0
    [row] = RefundRow.objects.all()
    assert (row.state, row.failure) == ("failed", "refund_failed")


def test_what_was_charged_back_is_not_given_back_as_well(payments: Payments, order_id: OrderId) -> None:
    charge(payments, order_id, CARD_DISPUTED)
    services.look_again(Payment.objects.get().id)

    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(order_id), key="part")


def test_a_refund_under_way_is_not_taken_out_of_a_capture_twice(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id, PART), key="first")
    payments.capture(to_take(order_id, REST), key="second")
    use(Down())
    with pytest.raises(Unavailable):
        payments.refund_part(to_refund(order_id, PART), key="of the first")
    use(provider)
    payments.refund_part(to_refund(order_id, REST), key="of the second")
    payments.refund_part(to_refund(order_id, PART), key="of the first")

    assert [each.refunded for each in provider.charges(order_id)] == [PART, REST]
    assert now(payments, order_id) == ("cancelled", PRICE.amount)


def test_a_refund_under_way_and_a_dispute_of_a_part_leave_the_rest(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    use(Down())
    with pytest.raises(Unavailable):
        payments.refund_part(to_refund(charged), key="under way")
    use(provider)
    payment = Payment.objects.get()
    payment.book(Answer(movements=(Movement(kind="disputed", amount=1000, reference="dp"),)))

    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(charged), key="too much")
    assert payments.refund_part(to_refund(charged, Money(amount=499, currency="EUR")), key="rest").state == "refunded"
    payments.refund_part(to_refund(charged), key="under way")


@pytest.mark.parametrize("method", [CARD_LOST_ANSWER, CARD_FLAKY, CARD_SLOW])
def test_whatever_the_trouble_a_part_is_given_back_once(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, method: str
) -> None:
    charge(payments, order_id, method)
    until_answered(lambda: payments.refund_part(to_refund(order_id), key="part"))

    assert given_back(provider, order_id) == PART.amount
    assert now(payments, order_id) == ("captured", PART.amount)


def test_a_lost_answer_leaves_the_refund_unknown_until_the_provider_is_asked(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    class Unheard(SimulatedProvider):
        def refund_parts(self, **told: Any) -> Answer:
            super().refund_parts(**told)
            raise Unavailable("the answer was lost")

    use(Unheard())
    with pytest.raises(Unavailable):
        payments.refund_part(to_refund(charged), key="part")
    use(provider)
    assert RefundRow.objects.get().state == "unknown"
    with pytest.raises(NothingToRefund):  # it may have been given back already
        payments.refund_part(to_refund(charged, PRICE), key="all")

    services.settle(Payment.objects.get().id)
    assert RefundRow.objects.get().state == "refunded"
    assert given_back(provider, charged) == PART.amount


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_refund_whose_asker_died_around_the_call_is_carried_out_once(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider, moment: str
) -> None:
    class Dies(SimulatedProvider):
        def refund_parts(self, **told: Any) -> Answer:
            if moment == "after":
                super().refund_parts(**told)
            raise PulledPlug

    use(Dies())
    with pytest.raises(PulledPlug):
        payments.refund_part(to_refund(charged), key="part")
    use(provider)
    for _ in range(2):
        services.settle(Payment.objects.get().id)

    assert given_back(provider, charged) == PART.amount
    assert payments.refund_part(to_refund(charged), key="part").state == "refunded"
    assert given_back(provider, charged) == PART.amount


def pull_the_plug() -> None:
    raise PulledPlug


@pytest.fixture
def dying_at() -> Iterator[Callable[[str], None]]:
    """Has whoever gets to a crash point die there, once."""
    yield lambda point: crash_points.arm(point, pull_the_plug)
    crash_points.watch(None)


@pytest.mark.parametrize("asks", ["the caller", "the reconciler"])
@pytest.mark.parametrize(
    "point",
    ["act", "commit", "committed", "asking", "asked", "act#2", "commit#2", "committed#2"],
)
def test_whoever_dies_between_the_acts_of_a_refund_it_is_given_back_once(
    payments: Payments,
    charged: OrderId,
    provider: SimulatedProvider,
    dying_at: Callable[[str], None],
    point: str,
    asks: str,
) -> None:
    dying_at(f"command.{point}")
    with pytest.raises(PulledPlug):
        payments.refund_part(to_refund(charged), key="part")
    if asks == "the reconciler":
        services.settle(Payment.objects.get().id)
    assert payments.refund_part(to_refund(charged), key="part").state == "refunded"

    assert given_back(provider, charged) == PART.amount
    assert now(payments, charged) == ("captured", PART.amount)


def test_a_refund_that_takes_its_time_is_processing_until_it_is_done(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    class TakesItsTime(SimulatedProvider):
        def refund_parts(self, **_: Any) -> Answer:
            return Answer()

        def find_refund(self, **_: Any) -> Answer | None:
            return Answer()

    use(TakesItsTime())
    assert payments.refund_part(to_refund(charged), key="part").state == "processing"
    services.settle(Payment.objects.get().id)
    with pytest.raises(NothingToRefund):
        payments.refund_part(to_refund(charged, PRICE), key="all")
    use(provider)
    services.settle(Payment.objects.get().id)

    assert now(payments, charged) == ("captured", PART.amount)


def test_an_undo_that_the_provider_declines_is_not_taken_for_done(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    class Declines(SimulatedProvider):
        def refund(self, *, key: str) -> Answer:
            found = self.find(key=key)
            assert found is not None
            return Answer(movements=found.movements, declined="charge_disputed")

    use(Declines())
    with pytest.raises(Unavailable, match="charge_disputed"):
        payments.refund(key=f"take {charged}")
    use(provider)
    payments.refund(key=f"take {charged}")

    assert given_back(provider, charged) == PRICE.amount


@pytest.mark.parametrize("run", range(3))
@pytest.mark.parametrize("method", [CARD_OK, CARD_SLOW, CARD_LOST_ANSWER])
def test_refunds_at_once_give_back_no_more_than_was_taken(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, method: str, run: int
) -> None:
    charge(payments, order_id, method)
    answers = at_once(*[lambda key=key: _refund(payments, order_id, key) for key in range(6)])

    done = [answer for answer in answers if isinstance(answer, Refund)]
    assert len(done) == 3
    assert {type(answer) for answer in answers} == {Refund, NothingToRefund}
    assert given_back(provider, order_id) == sum(refund.amount.amount for refund in done)
    assert now(payments, order_id) == ("captured", 3 * 600)


def _refund(payments: Payments, order_id: OrderId, key: int) -> Refund:
    """600 of 1999, asked for until there is an answer."""
    for _ in range(4):
        try:
            return payments.refund_part(to_refund(order_id, Money(amount=600, currency="EUR")), key=f"part {key}")
        except Unavailable:
            continue
    raise AssertionError("four tries were not enough")


def test_one_key_at_once_is_one_refund(payments: Payments, charged: OrderId, provider: SimulatedProvider) -> None:
    answers = at_once(*[lambda: payments.refund_part(to_refund(charged), key="part")] * 8)

    assert len({str(answer) for answer in answers}) == 1
    assert given_back(provider, charged) == PART.amount


@pytest.mark.parametrize("run", range(3))
def test_a_refund_and_the_undoing_of_its_capture_at_once_give_back_all_and_no_more(
    payments: Payments, charged: OrderId, provider: SimulatedProvider, run: int
) -> None:
    at_once(
        lambda: payments.refund_part(to_refund(charged), key="part"),
        lambda: payments.refund(key=f"take {charged}"),
    )
    services.settle(Payment.objects.get().id)
    until_answered(lambda: payments.refund(key=f"take {charged}"))
    settle()

    assert given_back(provider, charged) == PRICE.amount
    assert now(payments, charged) == ("cancelled", PRICE.amount)
