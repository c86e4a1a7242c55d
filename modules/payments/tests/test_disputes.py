"""Chargebacks: what the bank takes back, and whether it comes again."""

from collections.abc import Callable
from typing import Any

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Answer, Claim, Movement, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DISPUTE_LOST, CARD_DISPUTE_WON, CARD_DISPUTED, Payment
from modules.payments.facade import Payments
from modules.payments.models import Payment as PaymentRow
from modules.payments.tests.played import PRICE, to_pay, to_take
from tearline.contracts import Money, Unavailable

NOTHING = Money(amount=0, currency="EUR")


@pytest.fixture
def look(payments: Payments, order_id: OrderId) -> Callable[[], tuple[Payment, list[str]]]:
    """How the payment and its disputes stand, once the provider was asked."""

    def ask() -> tuple[Payment, list[str]]:
        services.look_again(PaymentRow.objects.get().id)
        intent = payments.intent_of(order_id)
        assert intent is not None
        return intent.attempts[-1], [dispute.state for dispute in intent.disputes]

    return ask


def charge(payments: Payments, order_id: OrderId, method: str) -> None:
    payments.authorize(to_pay(order_id, method=method), key="pay")
    payments.capture(to_take(order_id), key="take")


@pytest.mark.parametrize(
    ("method", "disputed", "state"),
    [(CARD_DISPUTED, PRICE, "open"), (CARD_DISPUTE_WON, NOTHING, "won"), (CARD_DISPUTE_LOST, PRICE, "lost")],
)
def test_a_dispute_is_seen_with_what_it_took(
    bound_payments: Payments,
    order_id: OrderId,
    look: Callable[[], tuple[Payment, list[str]]],
    method: str,
    disputed: Money,
    state: str,
) -> None:
    charge(bound_payments, order_id, method)
    payment, states = look()

    assert (payment.state, payment.captured, payment.disputed) == ("captured", PRICE, disputed)
    assert states == [state]


class UnheardOf(SimulatedProvider):
    """Takes the money, and nobody hears of that."""

    def capture(self, **asked: Any) -> Answer:
        super().capture(**asked)
        raise Unavailable("the line is dead")


def test_a_dispute_that_is_told_before_the_capture_was_booked_is_seen(
    payments: Payments,
    order_id: OrderId,
    use: Callable[[Provider], None],
    look: Callable[[], tuple[Payment, list[str]]],
) -> None:
    use(UnheardOf())
    with pytest.raises(Unavailable):
        charge(payments, order_id, CARD_DISPUTED)
    payment, states = look()

    assert (payment.captured, payment.disputed, states) == (PRICE, PRICE, ["open"])


@pytest.mark.parametrize(("outcome", "disputed"), [("won", NOTHING), ("lost", PRICE)])
def test_an_open_dispute_is_decided_once(
    payments: Payments,
    order_id: OrderId,
    provider: SimulatedProvider,
    look: Callable[[], tuple[Payment, list[str]]],
    outcome: str,
    disputed: Money,
) -> None:
    charge(payments, order_id, CARD_DISPUTED)
    look()
    provider.decide(order_id, "won" if outcome == "won" else "lost")
    for _ in range(2):
        payment, states = look()

    assert (payment.disputed, states) == (disputed, [outcome])


def test_old_news_of_a_dispute_changes_nothing(
    payments: Payments, order_id: OrderId, look: Callable[[], tuple[Payment, list[str]]]
) -> None:
    charge(payments, order_id, CARD_DISPUTE_WON)
    look()
    row = PaymentRow.objects.get()
    [dispute] = row.disputes.all()
    for state in ("open", "lost"):
        claim = Claim(reference=dispute.reference, amount=dispute.amount, state=state, reason="late")
        assert row.follow([claim]) == []

    assert look()[1] == ["won"]


def test_a_payment_that_was_disputed_again_has_lost_it_only_once(payments: Payments, order_id: OrderId) -> None:
    charge(payments, order_id, CARD_DISPUTE_WON)
    row = PaymentRow.objects.get()
    services.look_again(row.id)
    row.refresh_from_db()
    row.book(Answer(movements=(Movement(kind="disputed", amount=PRICE.amount, reference="again"),)))

    assert (row.disputed, row.withdrawn) == (2 * PRICE.amount, PRICE.amount)
