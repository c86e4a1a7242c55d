"""Notifications over REST."""

from pathlib import Path

import pytest
from django.test import Client

from modules.notifications.contracts import NotificationId
from modules.notifications.tests.peers import KnownOrders, confirmation_of, hear, new_order
from modules.orders.contracts import Order
from tearline.api.keys import issue
from tearline.testing import settle


@pytest.fixture
def client(db: None) -> Client:
    _, token = issue(name="reader", scopes=["notifications:read"])
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def told(order: Order, orders: KnownOrders, mailbox: Path) -> Order:
    """An order whose customer was told something, and so was another's."""
    other = new_order()
    orders.learn(other)
    hear(confirmation_of(order))
    hear(confirmation_of(other))
    settle()
    return order


def test_notifications_are_listed_newest_first_by_pages(client: Client, told: Order) -> None:
    first = client.get("/api/v1/notifications", {"limit": 1}).json()
    second = client.get("/api/v1/notifications", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert first["data"][0]["id"] > second["data"][0]["id"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_notifications_of_one_order_are_listed_and_shown_without_their_address(client: Client, told: Order) -> None:
    [listed] = client.get("/api/v1/notifications", {"order_id": told.id}).json()["data"]
    shown = client.get(f"/api/v1/notifications/{listed['id']}").json()

    assert shown == listed
    assert (shown["order_id"], shown["template"], shown["state"]) == (told.id, "confirmation", "sent")
    assert shown["recipient_hint"] == "a***@example.com"
    assert shown["sent_at"].endswith("Z")


@pytest.mark.parametrize("unknown", [NotificationId.new(), "ntf_1", "x"])
def test_an_unknown_notification_is_a_404(client: Client, unknown: str) -> None:
    answer = client.get(f"/api/v1/notifications/{unknown}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "notifications.notification_not_found"


def test_a_key_for_something_else_does_not_read_notifications(db: None) -> None:
    _, token = issue(name="other", scopes=["shipping:read"])
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/notifications")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
