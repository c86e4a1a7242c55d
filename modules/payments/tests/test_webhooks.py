"""What the provider tells by itself is believed only if it is signed, and in any order leads to the same."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments import services, webhooks
from modules.payments.adapters.simulated import TOLERANCE, SimulatedProvider, signature
from modules.payments.contracts import (
    CARD_DISPUTE_WON,
    CARD_OK,
    CARD_TELLS_BACKWARDS,
    CARD_TELLS_TWICE,
    CARD_UNKNOWN,
    RefundPayment,
)
from modules.payments.facade import Payments
from modules.payments.models import LedgerEntry, Payment, ProviderEvent
from modules.payments.tests.played import PRICE, at_once, to_pay, to_take
from tearline.api.keys import issue
from tearline.contracts import Money, Unavailable
from tearline.models import OutboxRow
from tearline.resilience._declared import guards
from tearline.testing import settle

DOOR = "/api/v1/payments/webhooks/simulated"
PART = Money(amount=500, currency="EUR")


def deliver(body: bytes, *, signed: str | None = None, door: str = DOOR) -> Any:
    headers = {"Simulated-Signature": signature(body) if signed is None else signed}
    return Client(headers=headers).post(door, body, content_type="application/json")


def body(**told: str) -> bytes:
    return json.dumps({"id": "sim_evt_1", "kind": "captured", "subject": "nobody knows"} | told).encode()


def test_a_webhook_needs_no_api_key_and_is_kept_as_it_came(payments: Payments) -> None:
    answer = deliver(body())

    assert (answer.status_code, answer.json()) == (200, {"repeated": False})
    [event] = ProviderEvent.objects.all()
    assert (event.event_id, event.kind, event.state) == ("sim_evt_1", "captured", "received")
    assert event.body == body().decode()


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "nonsense",
        "t=now,v1=0",
        f"t={'9' * 400},v1=0",
        signature(b"another body"),
        signature(body(), at=time.time() - TOLERANCE - 1),
        signature(body(), at=time.time() + TOLERANCE + 3600),
        signature(body(), at=0).replace("t=0", f"t={int(time.time())}"),
    ],
    ids=["none", "nonsense", "no time", "endless", "another body's", "too old", "of tomorrow", "of another time"],
)
def test_what_is_not_signed_as_it_must_be_is_refused_and_not_kept(payments: Payments, signed: str) -> None:
    answer = deliver(body(), signed=signed)

    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature_invalid")
    assert not ProviderEvent.objects.exists()


def test_nobody_is_believed_while_there_is_no_secret(payments: Payments, settings: Settings) -> None:
    settings.PAYMENT_WEBHOOK_SECRET = ""

    assert deliver(body()).status_code == 400


def test_what_is_signed_and_cannot_be_read_is_refused(payments: Payments) -> None:
    for unreadable in (b"{", b"[]", b'{"id": "x"}', b"\xff"):
        assert deliver(unreadable).status_code == 400


def test_strangers_do_not_open_the_circuit(payments: Payments, order_id: OrderId) -> None:
    for _ in range(30):
        deliver(body(), signed="forged")

    assert "payments.provider" not in guards
    assert payments.authorize(to_pay(order_id), key="pay").state == "authorized"


@pytest.mark.parametrize("other", ["stripe", "x"])
def test_another_providers_door_is_shut(payments: Payments, other: str) -> None:
    assert deliver(body(), door=DOOR.replace("simulated", other)).status_code == 404


def test_the_same_event_is_kept_once_however_often_it_comes_at_once(payments: Payments) -> None:
    answers = at_once(*[lambda: deliver(body())] * 8)

    told = [json.loads(answer.content)["repeated"] for answer in answers if isinstance(answer, HttpResponse)]
    assert sorted(told) == [False] + [True] * 7
    assert ProviderEvent.objects.count() == 1


def test_an_event_about_nothing_of_ours_is_kept_and_shown(payments: Payments, order_id: OrderId) -> None:
    SimulatedProvider().authorize(key="not ours", order_id=order_id, amount=PRICE, method=CARD_OK)
    deliver(body(id="1"))
    deliver(body(id="2", subject="not ours"))
    settle()
    _, token = issue(name="reader", scopes=["payments:read"])
    reader = Client(headers={"Authorization": f"Bearer {token}"})
    shown = reader.get("/api/v1/payments/webhooks", {"state": "unmatched"}).json()["data"]

    assert [(event["event_id"], event["order_id"]) for event in shown] == [("2", None), ("1", None)]
    assert reader.get("/api/v1/payments/webhooks", {"state": "done"}).json()["data"] == []
    assert Client().get("/api/v1/payments/webhooks").status_code == 401


def test_a_webhook_settles_what_nobody_answered(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider
) -> None:
    with pytest.raises(Unavailable):
        payments.authorize(to_pay(order_id, method=CARD_UNKNOWN), key="pay")
    assert Payment.objects.get().state == "unknown"
    for told in provider.webhooks(order_id):
        deliver(told)
    settle()

    assert Payment.objects.get().state == "authorized"
    [event] = ProviderEvent.objects.all()
    assert (event.state, event.order_id) == ("done", order_id)


def test_an_event_waits_while_the_provider_does_not_answer(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    [told] = provider.webhooks(order_id)
    deliver(told)
    [event] = ProviderEvent.objects.all()

    class Down(SimulatedProvider):
        def order_of(self, **_: str) -> str:
            raise Unavailable("the line is dead")

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "provider", Down)
        with pytest.raises(Unavailable):
            webhooks.work_off(event.id)
    event.refresh_from_db()
    assert event.state == "received"
    settle()
    event.refresh_from_db()
    assert event.state == "done"


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_webhooks_doubled_and_in_any_order_lead_to_the_same_ledger(
    payments: Payments, provider: SimulatedProvider, data: st.DataObject
) -> None:
    """The provider did it all; we saw none of its answers."""
    order_id = OrderId.new()
    _play(payments, provider, order_id)
    told = provider.webhooks(order_id)
    for each in data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=4)))):
        assert deliver(each).status_code == 200
        if data.draw(st.booleans()):
            settle()
    settle()

    payment = Payment.objects.get(order_id=order_id)
    amounts = {kind: getattr(payment, kind) for kind in LedgerEntry.Kind.values}
    assert amounts == {
        "authorized": 1999,
        "voided": 0,
        "captured": 1999,
        "refunded": 500,
        "disputed": 1999,
        "reinstated": 1999,
    }
    assert sorted(payment.entries.values_list("kind", flat=True)) == sorted(
        ["authorized", "captured", "refunded", "disputed", "reinstated"]
    )
    assert [dispute.state for dispute in payment.disputes.all()] == ["won"]
    announced = OutboxRow.objects.using("payments").filter(stream=order_id).values_list("topic", flat=True)
    assert len(announced) == len(set(announced)) == 4


def _play(payments: Payments, provider: SimulatedProvider, order_id: OrderId) -> None:
    """All that the provider does is lost on the way to us, but our asking is not."""

    class Unheard(SimulatedProvider):
        def _answering(self, *told: Any, **more: Any) -> Any:
            super()._answering(*told, **more)
            raise Unavailable("the answer was lost")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "provider", Unheard)
        with pytest.raises(Unavailable):
            payments.authorize(to_pay(order_id, method=CARD_DISPUTE_WON), key=f"pay {order_id}")
        services.settle(Payment.objects.get(order_id=order_id).id)
        with pytest.raises(Unavailable):
            payments.capture(to_take(order_id), key=f"take {order_id}")
        services.settle(Payment.objects.get(order_id=order_id).id)
        part = RefundPayment(order_id=order_id, amount=PART, reason="broken")
        with pytest.raises(Unavailable):
            payments.refund_part(part, key=f"part {order_id}")


@pytest.fixture
def door(facades_over_http: None, settings: Settings) -> str:
    """Our own, over HTTP."""
    url = f"{settings.TEARLINE_TOPOLOGY.process.url}{DOOR}"
    settings.PAYMENT_SIMULATED_WEBHOOKS = url
    return url


@pytest.mark.parametrize("method", [CARD_OK, CARD_TELLS_TWICE])
def test_the_simulated_provider_tells_of_what_it_does_over_http(
    payments: Payments, order_id: OrderId, door: str, method: str
) -> None:
    payments.authorize(to_pay(order_id, method=method), key="pay")
    payments.capture(to_take(order_id), key="take")
    settle()

    kinds = ProviderEvent.objects.order_by("id").values_list("kind", "state", "order_id")
    assert list(kinds) == [("authorized", "done", order_id), ("captured", "done", order_id)]
    assert LedgerEntry.objects.count() == 2


class _Shop(BaseHTTPRequestHandler):
    """Takes webhooks and keeps their kinds."""

    heard: list[str]

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(told["kind"])  # type: ignore[attr-defined]  # put there below
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(
    ("method", "heard"),
    [
        (CARD_OK, ["authorized", "captured"]),
        (CARD_TELLS_TWICE, ["authorized", "authorized", "captured", "captured"]),
        (CARD_TELLS_BACKWARDS, ["captured", "authorized"]),
    ],
)
def test_magic_methods_send_webhooks_twice_or_backwards(
    provider: SimulatedProvider, order_id: OrderId, method: str, heard: list[str]
) -> None:
    provider.authorize(key="pay", order_id=order_id, amount=PRICE, method=method)
    provider.capture(key="take", authorization="pay", amount=PRICE)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        server.heard = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        for _ in range(2):  # what was taken is not sent again
            provider.send_webhooks(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()

    assert server.heard == heard  # type: ignore[attr-defined]


def test_webhooks_that_nobody_takes_are_sent_the_next_time(provider: SimulatedProvider, order_id: OrderId) -> None:
    provider.authorize(key="pay", order_id=order_id, amount=PRICE, method=CARD_OK)
    provider.send_webhooks("http://127.0.0.1:9")

    assert len(provider._unsent()) == 1
