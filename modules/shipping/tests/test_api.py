"""Shipments over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from modules.orders.contracts import OrderId
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.contracts import ShipmentId
from modules.shipping.tracking import follow
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
    assert answer.json()["code"] == "shipping.shipment_not_found"


def test_a_key_for_something_else_does_not_read_shipments(db: None) -> None:
    _, token = issue(name="other", scopes=["notifications:read"])
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/shipments")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


@pytest.fixture
def packer(db: None) -> Client:
    _, token = issue(name="packer", scopes=["shipping:read", "shipping:write"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def told(client: Client, path: str, body: object = None, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or ShipmentId.new()}
    return client.post(f"/api/v1/shipments{path}", body or {}, content_type="application/json", headers=headers)


def test_a_shipment_is_held_split_cancelled_and_packed_anew(packer: Client, ship: Callable[[], OrderId]) -> None:
    order_id = ship()
    [one] = packer.get("/api/v1/shipments", {"order_id": order_id}).json()["data"]
    path, mug = f"/{one['id']}", [{"sku": "MUG-BLUE", "quantity": 1}]

    assert told(packer, f"{path}/hold", {"reason": "wait"}).json()["held_for"] == "wait"
    assert told(packer, f"{path}/release").json()["state"] == "ready"
    assert [each["state"] for each in told(packer, f"{path}/split", {"parcels": [mug, mug]}).json()] == [
        "cancelled",
        "pending",
        "pending",
    ]
    pending = packer.get("/api/v1/shipments", {"state": "pending"}).json()["data"]
    assert {each["order_id"] for each in pending} == {order_id}
    newest = f"/{pending[0]['id']}"
    assert told(packer, f"{newest}/service", {"service": "express"}).json()["service"] == "express"
    assert told(packer, f"{newest}/cancel", {"reason": "damaged"}).json()["cancelled_for"] == "damaged"
    packed = told(packer, "", {"order_id": order_id, "lines": mug}, key="pack")
    again = told(packer, "", {"order_id": order_id, "lines": mug}, key="pack")
    assert (packed.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert packed.json() == again.json()
    refused = told(packer, "", {"order_id": order_id, "lines": mug})
    assert (refused.status_code, refused.json()["code"]) == (409, "shipping.not_that_many_left")


def test_rates_and_history_of_a_shipment_are_shown(
    packer: Client, ship: Callable[[], OrderId], carrier: SimulatedCarrier
) -> None:
    [shown] = packer.get("/api/v1/shipments", {"order_id": ship()}).json()["data"]
    follow(shown["id"], 0)

    rates = packer.get(f"/api/v1/shipments/{shown['id']}/rates").json()
    assert [rate["service"] for rate in rates] == ["economy", "standard", "express"]
    assert rates[0]["price"] == {"amount": 439, "currency": "EUR"}
    [seen] = packer.get(f"/api/v1/shipments/{shown['id']}/tracking").json()
    assert (seen["status"], seen["detail"]) == ("announced", "Label created")


def test_what_has_left_comes_back_by_request(packer: Client, ship: Callable[[], OrderId], settings: Settings) -> None:
    settings.SHIPPING_SIMULATED_SPEED = 1e12
    order_id = ship()
    [shown] = packer.get("/api/v1/shipments", {"order_id": order_id}).json()["data"]
    follow(shown["id"], 0)
    wanted = {"order_id": order_id, "lines": shown["lines"]}

    back = told(packer, "/returns", wanted)
    assert (back.status_code, back.json()["direction"]) == (201, "return")
    assert [each["id"] for each in packer.get("/api/v1/shipments", {"direction": "return"}).json()["data"]] == [
        back.json()["id"]
    ]


@pytest.mark.parametrize("deed", ["hold", "release", "cancel", "split", "service"])
def test_an_unknown_shipment_is_a_404_whatever_is_asked(packer: Client, deed: str) -> None:
    body = {"reason": "x", "service": "x", "parcels": [[{"sku": "A", "quantity": 1}]] * 2}
    fitting = {"hold": ["reason"], "cancel": ["reason"], "service": ["service"], "split": ["parcels"]}.get(deed, [])

    answer = told(packer, f"/{ShipmentId.new()}/{deed}", {name: body[name] for name in fitting})
    assert (answer.status_code, answer.json()["code"]) == (404, "shipping.shipment_not_found")


def test_who_only_reads_does_not_pack(client: Client) -> None:
    answer = told(client, "", {"order_id": OrderId.new(), "lines": [{"sku": "A", "quantity": 1}]})

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_a_longer_list_asks_the_database_no_more_often(
    client: Client, ship: Callable[[], OrderId], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        ship()
    for limit in (1, 4):
        with django_assert_num_queries(2, using="shipping"):
            assert len(client.get("/api/v1/shipments", {"limit": limit}).json()["data"]) == limit
