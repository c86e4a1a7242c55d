"""Shipments over REST."""

from collections.abc import Callable

import pytest
from django.test import Client

from modules.orders.contracts import OrderId
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.contracts import ShipmentId
from tearline.api.keys import issue


@pytest.fixture
def client(db: None) -> Client:
    _, token = issue(name="reader", scopes=["shipping:read"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_shipments_are_listed_newest_first_by_pages(client: Client, ship: Callable[[], OrderId]) -> None:
    older, newer = ship(), ship()
    first = client.get("/api/v1/shipments", {"limit": 1}).json()
    second = client.get("/api/v1/shipments", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [page["data"][0]["order_id"] for page in (first, second)] == [newer, older]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_the_shipments_of_one_order_are_listed_and_shown(
    client: Client, ship: Callable[[], OrderId], carrier: SimulatedCarrier
) -> None:
    order_id, _ = ship(), ship()
    [listed] = client.get("/api/v1/shipments", {"order_id": order_id}).json()["data"]
    shown = client.get(f"/api/v1/shipments/{listed['id']}").json()

    assert shown == listed
    assert (shown["order_id"], shown["state"]) == (order_id, "ready")
    assert shown["lines"] == [{"sku": "MUG-BLUE", "quantity": 2}]
    assert shown["tracking_number"] == carrier.labels()[shown["id"]]
    assert shown["created_at"].endswith("Z")


@pytest.mark.parametrize("unknown", [ShipmentId.new(), "shp_1", "x"])
def test_an_unknown_shipment_is_a_404(client: Client, unknown: str) -> None:
    answer = client.get(f"/api/v1/shipments/{unknown}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_a_key_for_something_else_does_not_read_shipments(db: None) -> None:
    _, token = issue(name="other", scopes=["notifications:read"])
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/shipments")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
