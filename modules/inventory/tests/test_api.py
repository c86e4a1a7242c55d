"""Stock and reservations over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from modules.inventory.contracts import ReservationId
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from modules.orders.contracts import OrderId
from tearline.api.keys import issue

Visitor = Callable[..., Client]


@pytest.fixture
def visitor(db: None) -> Visitor:
    """`visitor("inventory:read")`: somebody with a key of these scopes."""

    def with_scopes(*scopes: str) -> Client:
        _, token = issue(name="visitor", scopes=scopes)
        return Client(headers={"Authorization": f"Bearer {token}"})

    return with_scopes


@pytest.fixture
def reader(visitor: Visitor) -> Client:
    return visitor("inventory:read")


def receive(client: Client, key: str, **goods: object) -> Any:
    body = {"quantity": 5, "reference": "delivery 4711"} | goods
    return client.post(
        "/api/v1/stock/MUG/receive", body, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_stock_is_listed_by_sku_page_by_page(reader: Client) -> None:
    goods_come_in(PEN=1, MUG=5, NOTE=2)

    first = reader.get("/api/v1/stock", {"limit": 2}).json()
    second = reader.get("/api/v1/stock", {"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [level["sku"] for level in first["data"] + second["data"]] == ["MUG", "NOTE", "PEN"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_one_sku_is_shown_and_filtered_for(reader: Client) -> None:
    goods_come_in(PEN=1, MUG=5)
    inventory.reserve(wish(("MUG", 2)), key="k")

    shown = reader.get("/api/v1/stock/MUG").json()

    there = {"location": "main", "on_hand": 5, "reserved": 2, "available": 3, "backorder_limit": 0, "reorder_point": None}
    assert shown == {"sku": "MUG", "on_hand": 5, "reserved": 2, "available": 3, "by_location": [there]}
    assert reader.get("/api/v1/stock", {"sku": "MUG"}).json()["data"] == [shown]
    assert reader.get("/api/v1/stock", {"sku": "GHOST"}).json()["data"] == []


def test_reservations_are_listed_newest_first_and_shown(reader: Client) -> None:
    goods_come_in(MUG=5)
    older, newer = wish(("MUG", 1)), wish(("MUG", 2))
    inventory.reserve(older, key="older")
    inventory.reserve(newer, key="newer")

    listed = reader.get("/api/v1/reservations").json()["data"]
    [of_one_order] = reader.get("/api/v1/reservations", {"order_id": older.order_id}).json()["data"]
    shown = reader.get(f"/api/v1/reservations/{of_one_order['id']}").json()

    assert [reservation["order_id"] for reservation in listed] == [newer.order_id, older.order_id]
    assert shown == of_one_order == listed[1]
    taken_from = [{"location": "main", "quantity": 1}]
    line = {"sku": "MUG", "quantity": 1, "fulfilled": 0, "released": 0, "taken_from": taken_from}
    assert (shown["state"], shown["lines"], shown["expires_at"]) == ("held", [line], None)
    assert shown["created_at"].endswith("Z")


@pytest.mark.parametrize(
    "path",
    ["stock/GHOST", "stock/not a sku", f"reservations/{ReservationId.new()}", "reservations/17", "reservations/"],
)
def test_what_is_not_there_is_a_404(reader: Client, path: str) -> None:
    response = reader.get(f"/api/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_filter_that_is_no_order_id_is_refused(reader: Client) -> None:
    assert reader.get("/api/v1/reservations", {"order_id": "17"}).status_code == 400


def test_goods_are_received_once_per_key(visitor: Visitor) -> None:
    clerk = visitor("inventory:write")

    first, again = receive(clerk, "k"), receive(clerk, "k")

    assert (first.json()["on_hand"], first.json()["available"]) == (5, 5)
    assert (first.status_code, "Idempotent-Replayed" in first) == (200, False)
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert shelf() == {"MUG": (5, 0)}


def test_the_same_key_for_other_goods_is_refused(visitor: Visitor) -> None:
    clerk = visitor("inventory:write")
    receive(clerk, "k")

    response = receive(clerk, "k", quantity=6)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert shelf() == {"MUG": (5, 0)}


def test_two_callers_do_not_meet_in_one_key(visitor: Visitor) -> None:
    receive(visitor("inventory:write"), "k")
    assert receive(visitor("inventory:write"), "k").json()["on_hand"] == 10


@pytest.mark.parametrize("goods", [{"quantity": 0}, {"quantity": "many"}, {"reference": ""}])
def test_goods_that_make_no_sense_are_refused(visitor: Visitor, goods: dict[str, object]) -> None:
    response = receive(visitor("inventory:write"), "k", **goods)
    assert (response.status_code, response.json()["code"]) == (422, "validation_failed")
    assert shelf() == {}


def test_reading_needs_one_scope_and_receiving_another(visitor: Visitor, reader: Client) -> None:
    assert receive(reader, "k").status_code == 403
    for path in ("stock", "stock/MUG", "reservations", f"reservations/{ReservationId.new()}"):
        assert visitor("inventory:write").get(f"/api/v1/{path}").status_code == 403
        assert Client().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("count", [1, 7])
def test_a_page_of_reservations_takes_the_same_queries_however_long(
    reader: Client, count: int, django_assert_num_queries: Any
) -> None:
    goods_come_in(MUG=10, PEN=10)
    for n in range(count):
        inventory.reserve(wish(("MUG", 1), ("PEN", 1), order_id=OrderId.new()), key=f"order {n}")
    with django_assert_num_queries(2, using="inventory"):
        assert len(reader.get("/api/v1/reservations").json()["data"]) == count
