"""Stock and reservations over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from modules.inventory.contracts import ReservationId
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import goods_come_in, open_locations, ordered, shelf, wish
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

    count = {"on_hand": 5, "reserved": 2, "available": 3}
    there = count | {"location": "main", "backorder_limit": 0, "reorder_point": None}
    assert shown == count | {"sku": "MUG", "by_location": [there], "version": 1}
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
    ("path", "code"),
    [
        ("stock/GHOST", "inventory.stock_not_found"),
        ("stock/not a sku", "not_found"),
        ("stock/locations/nowhere", "inventory.location_not_found"),
        (f"reservations/{ReservationId.new()}", "inventory.reservation_not_found"),
        ("reservations/17", "not_found"),
        ("reservations/", "not_found"),
    ],
)
def test_what_is_not_there_is_a_404(reader: Client, path: str, code: str) -> None:
    response = reader.get(f"/api/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (404, code)


def test_a_filter_that_is_no_order_id_is_refused(reader: Client) -> None:
    assert reader.get("/api/v1/reservations", {"order_id": "17"}).status_code == 400


def test_goods_are_received_once_per_key(visitor: Visitor) -> None:
    clerk = visitor("inventory:write")

    first, again = receive(clerk, "k"), receive(clerk, "k")

    assert (first.json()["on_hand"], first.json()["available"]) == (5, 5)
    assert (first.status_code, "Idempotent-Replayed" in first) == (200, False)
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert shelf() == {"MUG": (5, 0)}


def ask(client: Client, method: str, path: str, key: str, body: object) -> Any:
    call = getattr(client, method)
    return call(f"/api/v1/{path}", body, content_type="application/json", headers={"Idempotency-Key": key})


@pytest.fixture
def clerk(visitor: Visitor) -> Client:
    return visitor("inventory:write", "inventory:read")


def test_stock_is_filtered_by_where_it_lies(reader: Client) -> None:
    open_locations("north")
    goods_come_in("north", MUG=5)
    goods_come_in(MUG=5, PEN=1)

    def listed(location: str) -> list[str]:
        return [level["sku"] for level in reader.get("/api/v1/stock", {"location": location}).json()["data"]]

    assert (listed("north"), listed("main"), listed("nowhere")) == (["MUG"], ["MUG", "PEN"], [])


def test_the_ledger_of_a_sku_is_paged_newest_first_with_its_balance(clerk: Client) -> None:
    open_locations("north")
    receive(clerk, "first")
    receive(clerk, "second", quantity=2)
    receive(clerk, "third", quantity=9, location="north")
    inventory.reserve(wish(("MUG", 1)), key="k")

    first = clerk.get("/api/v1/stock/MUG/movements", {"limit": 2}).json()
    second = clerk.get(f"/api/v1/stock/MUG/movements?limit=2&cursor={first['next_cursor']}").json()

    told = [
        (line["location"], line["reason"], line["on_hand_after"], line["reserved_after"])
        for line in first["data"] + second["data"]
    ]
    assert told == [
        ("north", "reserved", 9, 1),
        ("north", "received", 9, 0),
        ("main", "received", 7, 0),
        ("main", "received", 5, 0),
    ]
    assert (second["has_more"], second["data"][0]["reference"]) == (False, "delivery 4711")
    assert second["data"][0]["actor"].startswith("api:")
    [only] = clerk.get("/api/v1/stock/MUG/movements?location=north&limit=1").json()["data"]
    assert only == first["data"][0]


def test_a_cursor_of_one_skus_movements_is_none_of_anothers(reader: Client) -> None:
    goods_come_in(MUG=1, PEN=1)
    goods_come_in(MUG=1)
    cursor = reader.get("/api/v1/stock/MUG/movements?limit=1").json()["next_cursor"]
    assert reader.get("/api/v1/stock/MUG/movements", {"cursor": cursor}).status_code == 200
    response = reader.get("/api/v1/stock/PEN/movements", {"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("path", "body", "on_hand"),
    [
        ("return", {"quantity": 2, "reference": "return 7"}, 7),
        ("adjust", {"change": -2, "reason": "damaged", "reference": "flood"}, 3),
        ("count", {"quantity": 4, "expected_quantity": 5, "reference": "stocktaking"}, 4),
        ("transfer", {"quantity": 2, "source": "main", "target": "north", "reference": "van"}, 5),
    ],
)
def test_stock_is_changed_once_per_key(clerk: Client, path: str, body: dict[str, object], on_hand: int) -> None:
    open_locations("north")
    goods_come_in(MUG=5)
    first, again = (ask(clerk, "post", f"stock/MUG/{path}", "k", body) for _ in range(2))
    assert (first.status_code, first.json()["on_hand"]) == (200, on_hand)
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")


def test_a_count_of_a_number_that_changed_is_a_409(clerk: Client) -> None:
    goods_come_in(MUG=5)
    counted = {"quantity": 4, "expected_quantity": 6, "reference": "stocktaking"}
    response = ask(clerk, "post", "stock/MUG/count", "k", counted)
    assert (response.status_code, response.json()["code"]) == (409, "inventory.stale_quantity")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("adjust", {"change": 0, "reference": "nothing"}),
        ("adjust", {"change": 1, "reason": "eaten", "reference": "lunch"}),
        ("adjust", {"change": 10**10, "reference": "too many"}),
        ("count", {"quantity": -1, "expected_quantity": 5, "reference": "stocktaking"}),
        ("count", {"quantity": 1, "reference": "stocktaking"}),
        ("return", {"quantity": 1, "reference": "return 7", "location": "Not A Code"}),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(clerk: Client, path: str, body: dict[str, object]) -> None:
    response = ask(clerk, "post", f"stock/MUG/{path}", "k", body)
    assert (response.status_code, response.json()["code"]) == (422, "validation_failed")


def test_adjustments_come_by_the_hundred_and_each_is_answered(clerk: Client) -> None:
    goods_come_in(MUG=1)
    one = {"sku": "MUG", "change": -1, "reference": "broken"}
    told = ask(clerk, "post", "stock/adjustments:batch", "k", {"adjustments": [one, one]})
    assert told.status_code == 200
    assert [(each["refused"] or {}).get("code") for each in told.json()] == [None, "inventory.not_enough_on_hand"]
    assert told.json()[0]["level"]["on_hand"] == 0
    too_many = ask(clerk, "post", "stock/adjustments:batch", "another", {"adjustments": [one] * 101})
    assert too_many.status_code == 422


def test_limits_are_set_and_shown(clerk: Client) -> None:
    goods_come_in(MUG=1)
    told = ask(clerk, "put", "stock/MUG/limits", "k", {"backorder_limit": 3, "reorder_point": 2})
    assert told.status_code == 200
    [there] = clerk.get("/api/v1/stock/MUG").json()["by_location"]
    assert (there["backorder_limit"], there["reorder_point"]) == (3, 2)


@pytest.mark.parametrize("tag", [f'"1-{"0" * 32}"', f'"9-{"0" * 32}"', "*"])
def test_no_condition_holds_of_what_was_never_received(clerk: Client, tag: str) -> None:
    """RFC 9110, 13.1.1: not even `*` matches what has no representation."""
    limits = {"backorder_limit": 3, "reorder_point": 2}
    headers = {"If-Match": tag, "Idempotency-Key": "k"}
    told = clerk.put("/api/v1/stock/GHOST/limits", limits, content_type="application/json", headers=headers)
    assert (told.status_code, told.json()["code"], "ETag" in told) == (412, "precondition_failed", False)
    assert clerk.get("/api/v1/stock/GHOST").status_code == 404
    assert ask(clerk, "put", "stock/GHOST/limits", "k", limits).status_code == 200


def test_a_location_is_added_changed_closed_and_listed(clerk: Client) -> None:
    added = ask(clerk, "post", "stock/locations", "add", {"code": "north", "name": "North"})
    assert (added.status_code, added.json()) == (
        201,
        {"code": "north", "name": "North", "priority": 100, "active": True, "version": 1},
    )
    receive(clerk, "k", location="north")
    refused = ask(clerk, "patch", "stock/locations/north", "close", {"active": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "inventory.location_in_use")
    changed = ask(clerk, "patch", "stock/locations/north", "change", {"priority": 3}).json()
    assert changed == added.json() | {"priority": 3, "version": 2}
    for nothing in ({}, {"priority": 3, "name": "North"}):
        assert ask(clerk, "patch", "stock/locations/north", f"{nothing}"[:9], nothing).json() == changed
    assert clerk.get("/api/v1/stock/locations/north").json() == changed
    assert clerk.get("/api/v1/stock/locations").json() == [changed]
    assert ask(clerk, "patch", "stock/locations/nowhere", "lost", {"priority": 3}).status_code == 404


def test_what_has_left_is_told_of_its_reservation(clerk: Client) -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))
    [committed] = clerk.get("/api/v1/reservations", {"stage": "committed"}).json()["data"]
    path = f"reservations/{committed['id']}/fulfil"

    left = ask(clerk, "post", path, "k", {"reference": "parcel 1"})

    assert (left.status_code, left.json()["stage"]) == (200, "fulfilled")
    assert clerk.get("/api/v1/reservations", {"stage": "committed"}).json()["data"] == []
    assert clerk.get("/api/v1/reservations", {"order_id": order_id}).json()["data"] == [left.json()]
    assert shelf() == {"MUG": (3, 0)}
    unknown = ask(clerk, "post", f"reservations/{ReservationId.new()}/fulfil", "k", {"reference": "parcel 1"})
    assert unknown.status_code == 404


def test_whether_ledger_and_rows_agree_can_be_asked(reader: Client) -> None:
    goods_come_in(MUG=5)
    assert reader.get("/api/v1/stock/drift").json() == {"levels": 1, "differences": []}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "stock/MUG/return", {"quantity": 1, "reference": "r"}),
        ("post", "stock/MUG/adjust", {"change": 1, "reference": "r"}),
        ("post", "stock/MUG/count", {"quantity": 1, "expected_quantity": 0, "reference": "r"}),
        ("post", "stock/MUG/transfer", {"quantity": 1, "source": "a", "target": "b", "reference": "r"}),
        ("post", "stock/adjustments:batch", {"adjustments": [{"sku": "MUG", "change": 1, "reference": "r"}]}),
        ("put", "stock/MUG/limits", {"backorder_limit": 1, "reorder_point": None}),
        ("post", "stock/locations", {"code": "north", "name": "North"}),
        ("patch", "stock/locations/north", {"active": False}),
        ("post", f"reservations/{ReservationId.new()}/fulfil", {"reference": "r"}),
    ],
)
def test_who_may_only_read_changes_nothing(
    reader: Client, clerk: Client, method: str, path: str, body: dict[str, object]
) -> None:
    assert ask(reader, method, path, "k", body).status_code == 403
    keyless = getattr(clerk, method)(f"/api/v1/{path}", body, content_type="application/json")
    assert keyless.status_code == 400


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
    for path in (
        "stock",
        "stock/MUG",
        "stock/MUG/movements",
        "stock/drift",
        "stock/locations",
        "reservations",
        f"reservations/{ReservationId.new()}",
    ):
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


@pytest.mark.parametrize("count", [1, 7])
def test_a_page_of_stock_takes_the_same_queries_however_long(
    reader: Client, count: int, django_assert_num_queries: Any
) -> None:
    open_locations("north")
    for n in range(count):
        goods_come_in("north", **{f"SKU-{n}": 1})
        goods_come_in(**{f"SKU-{n}": 1})
    with django_assert_num_queries(2, using="inventory"):
        listed = reader.get("/api/v1/stock").json()["data"]
    assert [level["on_hand"] for level in listed] == [2] * count
