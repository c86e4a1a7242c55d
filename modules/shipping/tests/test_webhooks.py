"""What the carrier tells by itself is believed only if it is signed, and in any order leads to the same."""

import json
import random
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from modules.orders.contracts import Order
from modules.shipping.adapters.simulated import SimulatedCarrier, signature
from modules.shipping.contracts import Shipment
from modules.shipping.events import ShipmentDelivered, ShipmentDispatched
from modules.shipping.facade import shipping
from modules.shipping.models import CarrierEvent, TrackingEntry
from modules.shipping.tests.peers import announced, confirmation_of, hear
from modules.shipping.tests.test_stopping import at_once
from tearline.api.keys import issue
from tearline.resilience._declared import guards
from tearline.testing import settle

pytestmark = pytest.mark.usefixtures("db")

DOOR = "/api/v1/shipments/webhooks/simulated"


def deliver(body: bytes, *, signed: str | None = None, door: str = DOOR) -> Any:
    headers = {"X-Hmac-Signature": signature(body) if signed is None else signed}
    return Client(headers=headers).post(door, body, content_type="application/json")


def body(number: str = "unknown") -> bytes:
    return json.dumps({"id": "evt_1", "description": "tracker.updated", "result": {"tracking_code": number}}).encode()


@pytest.fixture
def shipment(order: Order) -> Shipment:
    """It is ready."""
    hear(confirmation_of(order))
    settle()
    return shipping.shipments_of(order.id)[0]


def test_a_webhook_needs_no_api_key_and_is_kept_as_it_came() -> None:
    answer = deliver(body())

    assert (answer.status_code, answer.json()) == (200, {"repeated": False})
    [event] = CarrierEvent.objects.all()
    assert (event.event_id, event.kind, event.state) == ("evt_1", "tracker.updated", "received")
    assert event.body == body().decode()


@pytest.mark.parametrize("signed", ["", "nonsense", "hmac-sha256-hex=", "hmac-sha256-hex=ä", signature(b"another")])
def test_what_is_not_signed_as_it_must_be_is_refused_and_not_kept(signed: str) -> None:
    answer = deliver(body(), signed=signed)

    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature_invalid")
    assert not CarrierEvent.objects.exists()


def test_nobody_is_believed_while_there_is_no_secret(settings: Settings) -> None:
    settings.SHIPPING_WEBHOOK_SECRET = ""

    assert deliver(body()).status_code == 400


@pytest.mark.parametrize("unreadable", [b"{", b"[]", b'{"id": "x"}', b"\xff"])
def test_what_is_signed_and_cannot_be_read_is_refused(unreadable: bytes) -> None:
    assert deliver(unreadable).status_code == 400


def test_strangers_do_not_open_the_circuit(shipment: Shipment) -> None:
    guards.clear()
    for _ in range(30):
        deliver(body(), signed="forged")

    assert "shipping.carrier" not in guards


def test_another_carriers_door_is_shut() -> None:
    assert deliver(body(), door=DOOR.replace("simulated", "x")).status_code == 404


def test_the_same_event_is_kept_once_however_often_it_comes_at_once() -> None:
    answers = at_once([lambda: deliver(body())] * 8)

    assert sorted(json.loads(answer.content)["repeated"] for answer in answers) == [False] + [True] * 7
    assert CarrierEvent.objects.count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_webhooks_that_come_twice_and_in_any_order_move_the_parcel_once(
    shipment: Shipment, carrier: SimulatedCarrier, settings: Settings, seed: int
) -> None:
    settings.SHIPPING_SIMULATED_SPEED = 1e12
    told = carrier.webhooks(shipment.tracking_number or "") * 2
    random.Random(seed).shuffle(told)
    for one in told:
        deliver(one)
        settle()

    assert shipping.shipments_of(shipment.order_id)[0].state == "delivered"
    assert (len(announced(ShipmentDispatched)), len(announced(ShipmentDelivered))) == (1, 1)
    assert TrackingEntry.objects.filter(shipment_id=shipment.id).count() == 4


def test_an_event_about_nothing_of_ours_is_kept_and_shown(shipment: Shipment) -> None:
    deliver(body())
    settle()
    _, token = issue(name="reader", scopes=["shipping:read"])
    reader = Client(headers={"Authorization": f"Bearer {token}"})

    [shown] = reader.get("/api/v1/shipments/webhooks", {"state": "unmatched"}).json()["data"]
    assert (shown["event_id"], shown["tracking_number"]) == ("evt_1", "unknown")
    assert reader.get("/api/v1/shipments/webhooks", {"state": "done"}).json()["data"] == []
