"""Endpoints, suppressions, preferences and resending over REST."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from modules.notifications.contracts import NotificationId, SuppressionId, WebhookDeliveryId, WebhookEndpointId
from modules.notifications.published import TYPES
from modules.notifications.tests.peers import confirmation_of, hear
from modules.notifications.tests.receiver import Receiver, receiving
from modules.orders.contracts import Order
from tearline.api.keys import issue
from tearline.testing import settle

SCOPES = ["notifications:read", "notifications:write", "webhooks:read", "webhooks:write"]


class Asking:
    """One with a key for all of this, who makes up an idempotency key for each request."""

    def __init__(self, scopes: list[str]) -> None:
        _, token = issue(name="integrator", scopes=scopes)
        self._client = Client(headers={"Authorization": f"Bearer {token}"})
        self._numbers = count()

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The response. Query parameters by name."""
        path = f"/api/v1{path}" + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")
        headers = {"Idempotency-Key": f"{next(self._numbers)}"}
        sent = b"" if body is None else json.dumps(body).encode()
        return self._client.generic(method, path, sent, content_type="application/json", headers=headers)


@pytest.fixture
def ask(db: None) -> Asking:
    return Asking(SCOPES)


@pytest.fixture
def receiver(settings: Settings, db: None) -> Iterator[Receiver]:
    settings.NOTIFICATIONS_LOCAL_ENDPOINTS = True
    with receiving() as receiver:
        yield receiver


def test_an_endpoint_from_its_first_day_to_its_last(ask: Asking, receiver: Receiver, order: Order) -> None:
    added = ask("POST", "/webhooks/endpoints", {"url": receiver.url, "types": ["order.confirmed"]})
    assert added.status_code == 201
    endpoint, secret = added.json()["endpoint"], added.json()["secret"]
    one = f"/webhooks/endpoints/{endpoint['id']}"
    assert ask("GET", one).json() == endpoint
    assert ask("GET", "/webhooks/endpoints").json()["data"] == [endpoint]
    assert "whsec_" not in ask("GET", one).content.decode()

    assert ask("POST", f"{one}/test").status_code == 201
    hear(confirmation_of(order))
    settle()
    listed = ask("GET", "/webhooks/deliveries", endpoint_id=endpoint["id"], state="delivered").json()["data"]
    assert [each["type"] for each in listed] == ["order.confirmed", "webhook.test"]
    shown = ask("GET", f"/webhooks/deliveries/{listed[0]['id']}").json()
    assert [attempt["status"] for attempt in shown["attempts"]] == [204]
    assert len(receiver.verified(secret)) == 2

    assert ask("POST", f"{one}/rotate", {"overlap_hours": 1}).json()["secret"] != secret
    assert ask("POST", f"/webhooks/deliveries/{listed[0]['id']}/replay").json()["replay_of"] == listed[0]["id"]
    within = {"since": "2026-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    assert ask("POST", f"{one}/replay", within).json() == {"deliveries": 0}

    before = ask("GET", one).json()
    for nothing in ({}, {"enabled": True, "types": before["types"], "url": before["url"]}):
        assert ask("PATCH", one, nothing).json() == before
    described = ask("PATCH", one, {"description": "Ours"}).json()
    disabled = ask("PATCH", one, {"enabled": False}).json()
    assert [told["version"] - before["version"] for told in (described, disabled)] == [1, 2]
    assert disabled["disabled_because"] == "by_hand"
    assert ask("POST", f"{one}/test").json()["code"] == "notifications.webhook_endpoint_disabled"
    assert ask("DELETE", one).json() == {"endpoint_id": endpoint["id"]}
    assert ask("GET", one).status_code == 404
    assert ask("PATCH", one, {"enabled": True}).json()["code"] == "notifications.webhook_endpoint_not_found"
    assert ask("GET", "/webhooks/endpoints").json()["data"] == []


def test_the_same_key_adds_one_endpoint(db: None) -> None:
    _, token = issue(name="integrator", scopes=SCOPES)
    client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "once"})
    body = {"url": "https://example.com/hooks"}
    answers = [client.post("/api/v1/webhooks/endpoints", body, content_type="application/json") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://example.com/"}, "notifications.url_not_allowed"),
        ({"url": "https://169.254.169.254/"}, "notifications.url_not_allowed"),
        ({"url": "https://a..b/"}, "notifications.url_not_allowed"),
        ({"url": "https://example.com:0/"}, "notifications.url_not_allowed"),
        ({"url": "https://example.com/", "types": ["order.eaten"]}, "notifications.webhook_type_unknown"),
    ],
)
def test_such_an_endpoint_is_refused(ask: Asking, body: dict[str, Any], code: str) -> None:
    refused = ask("POST", "/webhooks/endpoints", body)

    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_what_ends_before_it_begins_is_not_replayed(ask: Asking) -> None:
    endpoint = ask("POST", "/webhooks/endpoints", {"url": "https://93.184.216.34/"}).json()["endpoint"]["id"]
    backwards = {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    refused = ask("POST", f"/webhooks/endpoints/{endpoint}/replay", backwards)

    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    assert [flaw["pointer"] for flaw in refused.json()["errors"]] == ["/until"]


@pytest.mark.parametrize("address", ["notanaddress", "ada@localhost", "a@@example.com"])
def test_what_is_no_e_mail_address_is_not_kept_for_one(ask: Asking, address: str) -> None:
    """As for an order. A phone number is none either, and is kept as one."""
    for refused in (
        ask("POST", "/notifications/suppressions", {"address": address}),
        ask("PUT", "/notifications/preferences", {"address": address, "template": "shipment", "wanted": False}),
    ):
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/address")
    assert ask("POST", "/notifications/suppressions", {"address": "+4930123456", "channel": "sms"}).status_code == 201


def test_suppressions_and_preferences(ask: Asking, order: Order) -> None:
    suppressed = ask("POST", "/notifications/suppressions", {"address": order.email})
    assert (suppressed.status_code, suppressed.json()["reason"]) == (201, "by_hand")
    assert ask("GET", "/notifications/suppressions").json()["data"] == [suppressed.json()]
    assert looked_up(ask, order.email)["suppressions"] == [suppressed.json()]
    assert looked_up(ask, "eve@example.com")["suppressions"] == []
    one = f"/notifications/suppressions/{suppressed.json()['id']}"
    assert (ask("DELETE", one).status_code, ask("DELETE", one).status_code) == (200, 404)

    wanted = {"address": order.email, "template": "shipment", "wanted": False}
    assert ask("PUT", "/notifications/preferences", wanted).json()["wanted"] is False
    told = looked_up(ask, order.email)["preferences"]
    assert {each["template"]: each["wanted"] for each in told} == {
        "dispatched": True,
        "shipment": False,
        "stock_ran_out": True,
    }
    refused = ask("PUT", "/notifications/preferences", wanted | {"template": "confirmation"})
    assert (refused.status_code, refused.json()["code"]) == (422, "notifications.cannot_be_refused")


def looked_up(ask: Asking, address: str) -> Any:
    return ask("POST", "/notifications/recipients/lookup", {"address": address}).json()


def test_a_letter_is_sent_once_more(ask: Asking, order: Order, mailbox: Path) -> None:
    hear(confirmation_of(order))
    [listed] = ask("GET", "/notifications", state="queued").json()["data"]
    assert ask("POST", f"/notifications/{listed['id']}/resend").status_code == 409
    settle()
    again = ask("POST", f"/notifications/{listed['id']}/resend")
    assert (again.status_code, again.json()["resend_of"]) == (201, listed["id"])


def test_types_are_told(ask: Asking) -> None:
    assert ask("GET", "/webhooks/types").json() == {"data": list(TYPES)}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", f"/webhooks/endpoints/{WebhookEndpointId.new()}", "webhook_endpoint_not_found"),
        ("DELETE", f"/webhooks/endpoints/{WebhookEndpointId.new()}", "webhook_endpoint_not_found"),
        ("POST", f"/webhooks/endpoints/{WebhookEndpointId.new()}/test", "webhook_endpoint_not_found"),
        ("GET", f"/webhooks/deliveries/{WebhookDeliveryId.new()}", "webhook_delivery_not_found"),
        ("POST", f"/webhooks/deliveries/{WebhookDeliveryId.new()}/replay", "webhook_delivery_not_found"),
        ("DELETE", f"/notifications/suppressions/{SuppressionId.new()}", "suppression_not_found"),
        ("POST", f"/notifications/{NotificationId.new()}/resend", "notification_not_found"),
    ],
)
def test_what_there_is_not_is_a_404_by_the_same_code_whatever_is_asked(
    ask: Asking, method: str, path: str, code: str
) -> None:
    refused = ask(method, path)
    assert (refused.status_code, refused.json()["code"]) == (404, f"notifications.{code}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/endpoints"),
        ("GET", "/webhooks/deliveries"),
        ("POST", "/notifications/suppressions"),
        ("PUT", "/notifications/preferences"),
    ],
)
def test_another_key_may_not(db: None, method: str, path: str) -> None:
    answer = Asking(["orders:write"])(method, path, {})

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_a_list_of_deliveries_costs_one_query_however_long_it_is(ask: Asking, receiver: Receiver, order: Order) -> None:
    added = ask("POST", "/webhooks/endpoints", {"url": receiver.url}).json()["endpoint"]["id"]
    counts = []
    for _ in range(2):
        for _ in range(3):
            ask("POST", f"/webhooks/endpoints/{added}/test")
        with CaptureQueriesContext(connections["notifications"]) as asked:
            ask("GET", "/webhooks/deliveries")
        counts.append(len(asked))

    assert counts == [1, 1]
