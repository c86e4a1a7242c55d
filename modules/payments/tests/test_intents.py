"""One order may need several attempts to be paid; its intent says how far they have brought it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules.orders.contracts import OrderId
from modules.payments.adapters import Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DECLINED, CARD_OK, PaymentDeclined, RefundPayment
from modules.payments.facade import Payments
from modules.payments.tests.played import PRICE, Down, to_pay, to_take
from tearline.api.keys import issue
from tearline.contracts import Money, Unavailable

PART = Money(amount=500, currency="EUR")


@dataclass
class Shop:
    payments: Payments
    order_id: OrderId

    def decline(self, key: str = "pay") -> None:
        with pytest.raises(PaymentDeclined):
            self.payments.authorize(to_pay(self.order_id, method=CARD_DECLINED), key=key)

    def hold(self, key: str = "pay") -> None:
        self.payments.authorize(to_pay(self.order_id), key=key)

    def take(self) -> None:
        self.payments.capture(to_take(self.order_id), key="take")

    @property
    def state(self) -> str:
        intent = self.payments.intent_of(self.order_id)
        assert intent is not None
        return intent.state


@pytest.fixture
def shop(bound_payments: Payments, order_id: OrderId) -> Shop:
    return Shop(bound_payments, order_id)


def test_an_order_that_nobody_tried_to_pay_has_no_intent(payments: Payments, order_id: OrderId) -> None:
    assert payments.intent_of(order_id) is None


def test_an_order_is_paid_by_another_card_after_one_was_declined(shop: Shop, provider: SimulatedProvider) -> None:
    shop.decline("first")
    assert shop.state == "requires_payment_method"
    shop.hold("second")
    assert shop.state == "requires_capture"
    shop.take()
    intent = shop.payments.intent_of(shop.order_id)

    assert intent is not None
    assert (intent.state, intent.amount) == ("succeeded", PRICE)
    assert [(attempt.state, attempt.method) for attempt in intent.attempts] == [
        ("failed", CARD_DECLINED),
        ("captured", CARD_OK),
    ]
    assert [charge.amount for charge in provider.charges(shop.order_id)] == [PRICE]


def test_an_intent_is_cancelled_with_its_last_attempt_and_may_be_paid_anew(shop: Shop) -> None:
    shop.hold("first")
    shop.payments.void(key="first")
    assert shop.state == "cancelled"
    shop.hold("second")
    assert shop.state == "requires_capture"


def test_an_intent_is_processing_while_nobody_answers(shop: Shop, use: Callable[[Provider], None]) -> None:
    use(Down())
    with pytest.raises(Unavailable):
        shop.hold()

    assert shop.state == "processing"


def test_an_intent_shows_its_refunds_to_readers_and_asks_for_few_rows(shop: Shop) -> None:
    shop.decline("first")
    shop.hold("second")
    shop.take()
    for key in ("a", "b", "c"):
        request = RefundPayment(order_id=shop.order_id, amount=PART, reason="broken")
        shop.payments.refund_part(request, key=key)
    payment = shop.payments.payment_of(shop.order_id)
    assert payment is not None
    _, token = issue(name="reader", scopes=["payments:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    with CaptureQueriesContext(connections["payments"]) as asked:
        shown = client.get(f"/api/v1/payments/{payment.id}/intent").json()

    assert [refund["amount"]["amount"] for refund in shown["refunds"]] == [500, 500, 500]
    assert (shown["order_id"], shown["state"]) == (shop.order_id, "succeeded")
    assert len(asked) <= 6
    assert client.get("/api/v1/payments/pay_1/intent").status_code == 404
