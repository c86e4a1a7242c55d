"""Stripe beyond what every provider promises: errors and webhooks, over HTTP to localstripe."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest
import stripe as library
from django.conf import settings as current
from django.test import Client
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Movement, Part, Provider
from modules.payments.adapters import provider as configured
from modules.payments.adapters.stripe import StripeProvider
from modules.payments.contracts import CapturePayment, PaymentDeclined, RefundPayment
from modules.payments.facade import Payments
from modules.payments.models import Payment, ProviderEvent
from modules.payments.tests.localstripe import CARD_DECLINED, CARD_OK, KEY, Front
from modules.payments.tests.played import PRICE, at_once, to_pay, to_take
from tearline.contracts import Money, Unavailable
from tearline.resilience import deadline
from tearline.testing import settle

STRIPE = "modules.payments.adapters.stripe.StripeProvider"
DOOR = "/api/v1/payments/webhooks/stripe"
PART = Money(amount=500, currency="EUR")
REST = PRICE.amount - PART.amount


@pytest.fixture
def provider(db: None, stripe: Front) -> Provider:
    return configured()


@pytest.fixture
def payments_at_stripe(stripe: Front, payments: Payments) -> Payments:
    return payments


def test_an_order_is_paid_and_partly_given_back(payments_at_stripe: Payments, order_id: OrderId, stripe: Front) -> None:
    payments_at_stripe.authorize(to_pay(order_id, method=CARD_OK), key=f"pay {order_id}")
    payments_at_stripe.capture(to_take(order_id), key=f"take {order_id}")
    payments_at_stripe.refund_part(
        RefundPayment(order_id=order_id, amount=PART, reason="broken"), key=f"part {order_id}"
    )
    payment = payments_at_stripe.payment_of(order_id)

    assert payment is not None
    assert (payment.state, payment.captured, payment.refunded) == ("captured", PRICE, PART)
    assert [refund["amount"] for refund in stripe.refunds(order_id)] == [PART.amount]


def test_what_a_capture_leaves_is_let_go_and_so_written_down(payments_at_stripe: Payments, order_id: OrderId) -> None:
    payments_at_stripe.authorize(to_pay(order_id, method=CARD_OK), key=f"pay {order_id}")
    payments_at_stripe.capture(CapturePayment(order_id=order_id, amount=PART), key=f"take {order_id}")
    payment = Payment.objects.get()

    assert (payment.captured, payment.voided, payment.held) == (PART.amount, REST, 0)


def test_a_declined_card_is_refused(payments_at_stripe: Payments, order_id: OrderId) -> None:
    with pytest.raises(PaymentDeclined, match="card_declined"):
        payments_at_stripe.authorize(to_pay(order_id, method=CARD_DECLINED), key=f"pay {order_id}")


def test_a_card_that_wants_to_see_its_owner_is_declined_and_holds_nothing(
    provider: Provider, order_id: OrderId, stripe: Front
) -> None:
    card = {"type": "card", "card[number]": "4000002500003155", "card[exp_month]": "12", "card[exp_year]": "2030"}
    made = httpx.post(
        f"{stripe.localstripe}/v1/payment_methods",
        data=card | {"card[cvc]": "123"},
        headers={"Authorization": f"Bearer {KEY}"},
    ).json()
    answer = provider.authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=made["id"])

    assert (answer.declined, answer.movements) == ("authentication_required", ())
    assert [intent["status"] for intent in stripe.intents(order_id)] == ["canceled"]


def test_many_under_one_key_hold_once(provider: Provider, order_id: OrderId, stripe: Front) -> None:
    def ask() -> object:
        return provider.authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=CARD_OK)

    assert len({str(answer) for answer in at_once(*[ask] * 6)}) == 1
    assert len(stripe.intents(order_id)) == 1


def test_a_lost_answer_is_unavailable_and_maybe_done_and_found_by_asking(
    payments_at_stripe: Payments, order_id: OrderId, stripe: Front
) -> None:
    stripe.deaf.add("/payment_intents")
    with pytest.raises(Unavailable) as lost:
        payments_at_stripe.authorize(to_pay(order_id, method=CARD_OK), key=f"pay {order_id}")
    assert lost.value.maybe_done
    assert Payment.objects.get().state == "unknown"
    stripe.deaf.clear()
    services.settle(Payment.objects.get().id)

    assert Payment.objects.get().state == "authorized"
    assert len(stripe.intents(order_id)) == 1


def test_an_error_of_stripes_is_unavailable_and_maybe_done(
    provider: Provider, order_id: OrderId, stripe: Front
) -> None:
    stripe.down = True
    with pytest.raises(Unavailable) as failed:
        provider.void(key=f"pay {order_id}")

    assert failed.value.maybe_done


def test_nobody_there_is_unavailable_and_not_done(provider: Provider, order_id: OrderId, settings: Settings) -> None:
    settings.PAYMENT_STRIPE_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable) as failed:
        StripeProvider().authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=CARD_OK)

    assert not failed.value.maybe_done


def test_a_deadline_that_has_passed_sends_nothing(provider: Provider, order_id: OrderId, stripe: Front) -> None:
    with deadline(0), pytest.raises(Unavailable):
        StripeProvider().authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=CARD_OK)

    assert stripe.intents(order_id) == []


def test_an_undo_that_does_not_find_what_was_done_does_not_take_it_for_undone(
    provider: Provider, order_id: OrderId, stripe: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=CARD_OK)
    with monkeypatch.context() as patch:
        patch.setattr(stripe, "_all", lambda _: [])  # neither lists nor the search know of it yet
        with pytest.raises(Unavailable, match="does not find it yet"):
            provider.void(key=f"pay {order_id}")
        with pytest.raises(Unavailable, match="does not find"):
            provider.capture(key=f"take {order_id}", authorization=f"pay {order_id}", amount=PRICE)
        part = [Part(capture=f"take {order_id}", amount=1)]
        with pytest.raises(Unavailable, match="does not find"):
            provider.refund_parts(key=f"part {order_id}", authorization=f"pay {order_id}", parts=part)

    assert [movement.kind for movement in provider.void(key=f"pay {order_id}").movements] == ["authorized", "voided"]


def test_disputes_are_movements_and_claims_and_inquiries_are_neither(
    provider: Provider, order_id: OrderId, stripe: Front
) -> None:
    provider.authorize(key=f"pay {order_id}", order_id=order_id, amount=PRICE, method=CARD_OK)
    provider.capture(key=f"take {order_id}", authorization=f"pay {order_id}", amount=PRICE)
    [intent] = stripe.intents(order_id)

    def seen() -> tuple[list[str], list[str]]:
        answer = provider.find(key=f"pay {order_id}")
        assert answer is not None
        return [movement.kind for movement in answer.movements], [claim.state for claim in answer.claims]

    for status, then in [
        ("warning_needs_response", (["authorized"], [])),
        ("needs_response", (["authorized", "disputed"], ["open"])),
        ("lost", (["authorized", "disputed"], ["lost"])),
        ("won", (["authorized", "disputed", "reinstated"], ["won"])),
    ]:
        reference = stripe.dispute(intent["id"], status=status)
        assert seen() == then, status
    answer = provider.find(key=f"pay {order_id}")
    assert answer is not None
    assert Movement(kind="reinstated", amount=PRICE.amount, reference=reference) in answer.movements


def test_a_dispute_of_which_a_webhook_tells_is_written_down(
    payments_at_stripe: Payments, order_id: OrderId, stripe: Front
) -> None:
    payments_at_stripe.authorize(to_pay(order_id, method=CARD_OK), key=f"pay {order_id}")
    payments_at_stripe.capture(to_take(order_id), key=f"take {order_id}")
    [intent] = stripe.intents(order_id)
    reference = stripe.dispute(intent["id"], status="needs_response")
    for event_id in ("evt_1", "evt_1", "evt_2"):
        assert deliver(event_id, "charge.dispute.created", stripe.disputes[-1]) == 200
    settle()
    payment = Payment.objects.get()

    assert payment.withdrawn == PRICE.amount
    assert [(each.reference, each.state) for each in payment.disputes.all()] == [(reference, "open")]
    assert list(ProviderEvent.objects.values_list("state", flat=True)) == ["done", "done"]


@pytest.mark.parametrize("about", [{"object": "customer", "id": "cus_1"}, {"object": "payment_intent", "id": "pi_1"}])
def test_events_about_nothing_of_ours_are_kept(payments_at_stripe: Payments, about: dict[str, str]) -> None:
    assert deliver("evt_1", "something.happened", about) == 200
    settle()

    assert ProviderEvent.objects.get().state == "unmatched"


def test_events_that_stripe_did_not_sign_are_refused(payments_at_stripe: Payments) -> None:
    about = {"object": "payment_intent", "id": "pi_1"}

    assert deliver("evt_1", "x", about, secret="whsec_of_another") == 400
    assert deliver("evt_1", "x", about, at=int(time.time()) - 301) == 400
    assert Client().post(DOOR, b"{}", content_type="application/json").status_code == 400
    assert not ProviderEvent.objects.exists()


def test_localstripe_tells_us_by_a_webhook_of_its_own(
    payments_at_stripe: Payments, order_id: OrderId, stripe: Front, facades_over_http: None, settings: Settings
) -> None:
    url = f"{settings.TEARLINE_TOPOLOGY.process.url}{DOOR}"
    told = {"url": url, "secret": settings.PAYMENT_WEBHOOK_SECRET, "events": ["payment_intent.succeeded"]}
    httpx.post(f"{stripe.localstripe}/_config/webhooks/ours", json=told).raise_for_status()
    payments_at_stripe.authorize(to_pay(order_id, method=CARD_OK), key=f"pay {order_id}")
    payments_at_stripe.capture(to_take(order_id), key=f"take {order_id}")
    [intent] = stripe.intents(order_id)
    ours = ProviderEvent.objects.filter(subject=intent["id"])  # it may also tell of what earlier tests did
    until(ours.exists)
    settle()

    event = ours.get()
    assert (event.kind, event.state, event.order_id) == ("payment_intent.succeeded", "done", order_id)


@pytest.mark.parametrize("missing", ["PAYMENT_STRIPE_KEY", "PAYMENT_WEBHOOK_SECRET"])
def test_no_process_starts_with_stripe_and_without_its_secrets(tmp_path: Path, missing: str) -> None:
    given = {"PAYMENT_STRIPE_KEY": "sk_test_1", "PAYMENT_WEBHOOK_SECRET": "whsec_1"}
    del given[missing]
    asked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": "", "TEARLINE_VAR": str(tmp_path), "PAYMENT_PROVIDER": STRIPE} | given,
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode != 0
    assert "must be given for Stripe" in asked.stderr


def deliver(event_id: str, kind: str, about: Mapping[str, object], *, secret: str = "", at: int | None = None) -> int:
    body = json.dumps({"id": event_id, "object": "event", "type": kind, "data": {"object": about}})
    signed = library.WebhookSignature.generate_signature_header(body, secret or current.PAYMENT_WEBHOOK_SECRET, at)
    client = Client(headers={"Stripe-Signature": signed})
    return int(client.post(DOOR, body, content_type="application/json").status_code)


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to that")
