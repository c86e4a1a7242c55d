"""What payments announces: each fact once, with the booking of it, and nobody's name."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Answer, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import (
    CARD_DECLINED,
    CARD_DISPUTED,
    CARD_LOST_ANSWER,
    PaymentDeclined,
    RefundPayment,
)
from modules.payments.facade import Payments
from modules.payments.models import Payment
from modules.payments.tests.played import PulledPlug, to_pay, to_take, until_answered
from tearline.contracts import Money
from tearline.models import OutboxRow

PART = Money(amount=500, currency="EUR")


def told(order_id: OrderId) -> list[tuple[str, dict[str, Any]]]:
    """Topics without their module and version, and what each says."""
    rows = OutboxRow.objects.using("payments").filter(stream=order_id).order_by("id")
    return [(row.topic.split(".")[1], json.loads(row.payload)) for row in rows]


def test_holding_taking_and_giving_back_are_announced_with_their_amounts(payments: Payments, order_id: OrderId) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    payments.capture(to_take(order_id, PART), key="first")
    payments.capture(to_take(order_id, PART), key="second")
    payments.refund_part(RefundPayment(order_id=order_id, amount=PART, reason="Ada's mug broke"), key="part")
    payments.refund(key="first")
    payments.refund(key="second")

    assert [(topic, said["amount"]["amount"]) for topic, said in told(order_id)] == [
        ("payment_authorized", 1999),
        ("payment_captured", 500),
        ("payment_captured", 500),
        ("payment_refunded", 500),
        ("payment_refunded", 500),
    ]
    for _, said in told(order_id):
        assert said.keys() == {"id", "occurred_at", "payment_id", "order_id", "amount"}


def test_a_declined_payment_is_announced_once_with_its_reason(payments: Payments, order_id: OrderId) -> None:
    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            payments.authorize(to_pay(order_id, method=CARD_DECLINED), key="pay")
    services.look_again(Payment.objects.get().id)

    assert [(topic, said["reason"]) for topic, said in told(order_id)] == [("payment_failed", "card_declined")]


def test_a_dispute_is_announced_when_it_is_opened_and_when_it_is_decided(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    payments.authorize(to_pay(order_id, method=CARD_DISPUTED), key="pay")
    payments.capture(to_take(order_id), key="take")
    for _ in range(2):
        services.look_again(Payment.objects.get().id)
    provider.decide(order_id, "lost")
    for _ in range(2):
        services.look_again(Payment.objects.get().id)

    disputed = [said for topic, said in told(order_id) if topic == "payment_disputed"]
    assert [(said["state"], said["amount"]["amount"]) for said in disputed] == [("open", 1999), ("lost", 1999)]
    assert len({said["dispute"] for said in disputed}) == 1


def test_what_is_asked_again_is_not_announced_again(payments: Payments, order_id: OrderId) -> None:
    until_answered(lambda: payments.authorize(to_pay(order_id, method=CARD_LOST_ANSWER), key="pay"))
    until_answered(lambda: payments.capture(to_take(order_id), key="take"))
    payments.capture(to_take(order_id), key="take")
    services.look_again(Payment.objects.get().id)

    assert [topic for topic, _ in told(order_id)] == ["payment_authorized", "payment_captured"]


def test_who_dies_before_booking_announces_nothing_and_who_books_for_them_does(
    payments: Payments, order_id: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    class DiesOfTheAnswer(SimulatedProvider):
        def authorize(self, **given: Any) -> Answer:
            super().authorize(**given)
            raise PulledPlug

    use(DiesOfTheAnswer())
    with pytest.raises(PulledPlug):
        payments.authorize(to_pay(order_id), key="pay")
    assert told(order_id) == []
    use(provider)
    services.settle(Payment.objects.get().id)

    assert [topic for topic, _ in told(order_id)] == ["payment_authorized"]
