"""Orders over REST, as far as the facade does not show it: routes, statuses, problems, and how often is asked."""

import json
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules.orders.contracts import Order, ReturnId
from modules.orders.facade import orders
from modules.orders.tests.conftest import ADA, Place
from modules.orders.tests.peers import announce, delivered, dispatched
from modules.shipping.contracts import ShipmentId
from tearline.api.keys import issue
from tearline.contracts import Unavailable
from tearline.testing import settle

# As JSON, which says more than plain calls; the journeys go both ways.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)


DRAFT = {
    "email": "ada@example.com",
    "ship_to": ADA.model_dump(),
    "lines": [{"sku": "MUG", "quantity": 2}],
    "discount": {"amount": 98, "reason": "a regular customer"},
}


class Api:
    """Asks under a fresh key each time."""

    def __init__(self, *further: str) -> None:
        _, token = issue(name="orders", scopes=["orders:read", "orders:write", *further])
        self._client = Client(headers={"Authorization": f"Bearer {token}"})
        self._asked = 0

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(f"/api/v1/orders{path}", headers=headers)

    def send(self, path: str, body: object, *, method: str = "POST", **further: str) -> Any:
        self._asked += 1
        headers = {"Idempotency-Key": f"request-{self._asked}", **further}
        return self._client.generic(
            method, f"/api/v1/orders{path}", json.dumps(body), content_type="application/json", headers=headers
        )


@pytest.fixture
def api(shop: None) -> Api:
    return Api()


def test_a_draft_is_made_changed_placed_and_explained(api: Api) -> None:
    drafted = api.send("/drafts", DRAFT)
    order = drafted.json()
    assert (drafted.status_code, drafted["Location"]) == (201, f"/api/v1/orders/{order['id']}")
    assert (order["status"], order["totals"]["discount"]["amount"], order["discount_reason"]) == (
        "draft", 98, "a regular customer",
    )  # fmt: skip

    path = f"/{order['id']}"
    stale = api.send(path, {"email": "eve@example.com", "expected_version": 7}, method="PATCH")
    assert (stale.status_code, stale.json()["code"]) == (409, "orders.stale_order")
    changed = api.send(path, {"email": "eve@example.com", "expected_version": 1}, method="PATCH").json()
    assert (changed["email"], changed["version"]) == ("eve@example.com", 2)
    incomplete = api.send(f"{path}/place", {})
    assert (incomplete.status_code, incomplete.json()["code"]) == (422, "orders.draft_incomplete")
    assert api.send(f"{path}/place", {"payment_method": "pm_card_ok"}).json()["status"] == "pending"
    late = api.send(f"{path}/discard", {"reason": "late"})
    assert (late.status_code, late.json()["code"]) == (409, "orders.not_draft")
    settle()
    told = api.get(f"{path}/explain").json()
    assert (told["status"], told["waits_for"][0]["what"]) == ("confirmed", "its parcels to leave")


def test_what_nobody_sells_is_refused_with_the_lines_that_want_it(api: Api) -> None:
    """A repeat is told the same, as it was under its key."""
    lines = [{"sku": sku, "quantity": 1} for sku in ("MUG", "UNICORN", "MUG", "UNICORN")]
    placing = {name: DRAFT[name] for name in ("email", "ship_to")} | {"payment_method": "pm_card_ok", "lines": lines}
    path = f"/{api.send('/drafts', DRAFT).json()['id']}"
    changing = {"lines": lines, "expected_version": 1}

    first, again = (api.send("", placing, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    for refused in (
        first,
        again,
        api.send("/drafts", DRAFT | {"lines": lines}),
        api.send(path, changing, method="PATCH"),
    ):
        told = refused.json()
        assert (refused.status_code, told["code"]) == (422, "catalog.not_for_sale")
        assert [flaw["pointer"] for flaw in told["errors"]] == ["/lines/1/sku", "/lines/3/sku"]
        assert {flaw["message"] for flaw in told["errors"]} == {told["detail"]}
    dollars = api.send("", placing | {"currency": "USD", "lines": lines[:1]}).json()
    assert (dollars["code"], dollars["errors"][0]["pointer"]) == ("catalog.no_price_in_currency", "/lines/0/sku")


def test_goods_are_returned_over_rest(api: Api, place: Place) -> None:
    order = place(MUG=2)
    settle()
    announce(delivered(order.id, ShipmentId.new(), MUG=2))
    settle()
    path = f"/{order.id}/returns"
    asked = api.send(path, {"lines": [{"sku": "MUG", "quantity": 2}], "reason": "too small"})
    assert asked.status_code == 201
    one = f"{path}/{asked.json()['id']}"
    early = api.send(f"{one}/refund", None)
    assert (early.status_code, early.json()["code"]) == (409, "orders.return_not_in_state")
    came = api.send(f"{one}/receive", {"lines": [{"sku": "MUG", "quantity": 1, "resellable": 1}]})
    assert (came.json()["state"], came.json()["amount"]["amount"]) == ("received", 999)
    late = api.send(f"{one}/reject", {"reason": "late"})
    assert late.status_code == 409
    assert api.send(f"{one}/refund", None).json()["state"] == "refunding"
    settle()
    assert [made["state"] for made in api.get(path).json()] == ["refunded"]
    for nothing in ("ret_1", ReturnId.new()):
        missing = api.send(f"{path}/{nothing}/refund", None)
        assert (missing.status_code, missing.json()["code"]) == (404, "orders.return_not_found")


def test_what_is_known_of_many_orders_is_asked_at_once(api: Api, place: Place) -> None:
    place(MUG=1)
    settle()
    alone = _asked_for_the_list(api)
    for number in range(3):
        place(MUG=1, STICKER=1, key=f"more-{number}")
    settle()
    assert _asked_for_the_list(api) == _asked_for_the_list(api, "?payment_status=paid") == alone == 3


def _asked_for_the_list(api: Api, query: str = "") -> int:
    with CaptureQueriesContext(connections["orders"]) as asked:
        page = api.get(query).json()
    assert {order["payment_status"] for order in page["data"]} == {"paid"}
    return sum(query["sql"].lstrip().upper().startswith("SELECT") for query in asked.captured_queries)


def test_orders_are_found_by_how_they_are_paid_and_delivered(api: Api, place: Place) -> None:
    """As a back office asks first: what is paid and not sent."""
    sent, other, free = place(MUG=1, key="1"), place(MUG=2, key="2"), place(FLYER=1, key="3")
    unpaid = place(MUG=1, card="pm_card_declined", key="4")
    settle()
    announce(dispatched(sent.id, ShipmentId.new(), MUG=1))
    settle()

    def found(**asked: object) -> list[str]:
        page = api.get("?" + urlencode(asked, doseq=True)).json()
        return [order["id"] for order in page["data"]]

    waiting = {"payment_status": "paid", "fulfillment_status": "unfulfilled"}
    assert found(**waiting) == [free.id, other.id]
    assert found(**waiting, sort="-total", status="confirmed") == [other.id, free.id]
    assert found(**waiting, **{"total[gt]": 0}) == [other.id]
    assert found(payment_status=["unpaid", "refunded"]) == [unpaid.id]
    assert found(fulfillment_status=["fulfilled", "unfulfilled"], currency="EUR", sort="id") == [
        sent.id, other.id, free.id, unpaid.id,
    ]  # fmt: skip
    first = api.get("?" + urlencode({**waiting, "limit": 1})).json()
    assert found(**waiting, cursor=first["next_cursor"], expand="returns") == [other.id]
    for asked in ("payment_status=returned", "fulfillment_status=paid", "payment_status=", "payment_status[in]=paid"):
        told = api.get(f"?{asked}")
        assert (told.status_code, told.json()["errors"][0]["parameter"]) == (400, asked.partition("=")[0])


def test_placing_an_order_asks_nothing_of_what_was_heard(place: Place) -> None:
    with CaptureQueriesContext(connections["orders"]) as asked:
        order = place(MUG=1)
    told = [query["sql"] for query in asked.captured_queries]
    assert not [sql for sql in told if "overview" in sql or "orders_return" in sql]
    assert orders.find(order.id).payment_status == "unpaid"


def test_an_order_is_changed_as_it_was_seen_and_not_otherwise(api: Api) -> None:
    path = f"/{api.send('/drafts', DRAFT).json()['id']}"
    seen = api.get(path)["ETag"]
    unseen = api.send(path, {"email": "eve@example.com"}, method="PATCH")
    assert (unseen.status_code, unseen.json()["code"]) == (428, "precondition_required")
    changed = api.send(path, {"email": "eve@example.com"}, method="PATCH", **{"If-Match": seen})
    assert (changed.status_code, changed["ETag"]) == (200, api.get(path)["ETag"])
    for late in (
        api.send(path, {"email": "ada@example.com"}, method="PATCH", **{"If-Match": seen}),
        api.send(f"{path}/discard", {"reason": "late"}, **{"If-Match": seen}),
    ):
        assert (late.status_code, late.json()["code"], late["ETag"]) == (412, "precondition_failed", changed["ETag"])
    repeated = api.send(path, {"email": "eve@example.com"}, method="PATCH", **{
        "If-Match": seen, "Idempotency-Key": "request-3"
    })  # fmt: skip
    assert (repeated.status_code, repeated["Idempotent-Replayed"]) == (200, "true")
    assert api.send(f"{path}/discard", {"reason": "any"}, **{"If-Match": "*"}).status_code == 200


def test_who_has_an_order_as_it_is_gets_it_no_second_time(api: Api, place: Place) -> None:
    order = place(MUG=1)
    first = api.get(f"/{order.id}")["ETag"]
    same = api.get(f"/{order.id}", **{"If-None-Match": f'"other", {first}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first)
    settle()
    news = api.get(f"/{order.id}", **{"If-None-Match": first})
    assert (news.status_code, news.json()["status"]) == (200, "confirmed")


def test_an_order_is_told_with_what_its_expansion_names_and_nothing_else(place: Place) -> None:
    api, order = Api("overview:read"), place(MUG=2)
    settle()
    path = f"/{order.id}"
    api.send(f"{path}/cancel", {"reason": "changed my mind"})
    settle()
    plain, timeline = api.get(path).json(), api.get(f"{path}/timeline").json()
    assert plain["expanded"] is None
    whole = api.get(f"{path}?expand=payment,timeline&expand=shipments").json()
    parts = whole.pop("expanded")
    assert plain == whole | {"expanded": None}
    assert (parts["returns"], parts["timeline"], parts["incomplete"]) == (None, timeline, [])
    assert (parts["payment"]["order_id"], parts["payment"]["state"]) == (order.id, "cancelled")
    assert {parcel["state"] for parcel in parts["shipments"]} == {"cancelled"}


def test_each_part_that_others_tell_is_asked_for_once_and_missed_by_name(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, order = Api("overview:read"), place(MUG=2)
    settle()
    till, parcels = Mock(), Mock()
    till.payment_of.side_effect = Unavailable("the till is away")
    parcels.shipments_of.return_value = []
    monkeypatch.setattr("modules.orders.api.payments", till)
    monkeypatch.setattr("modules.orders.api.shipping", parcels)
    parts = api.get(f"/{order.id}?expand=payment,shipments,payment").json()["expanded"]
    assert (parts["payment"], parts["shipments"], parts["incomplete"]) == (None, [], ["payment"])
    assert api.get(f"/{order.id}?expand=timeline").json()["expanded"]["incomplete"] == []
    assert [len(facade.method_calls) for facade in (till, parcels)] == [1, 1]


def test_what_others_tell_needs_the_scope_that_shows_it_and_what_is_not_offered_is_refused(
    api: Api, place: Place
) -> None:
    path = f"/{place(MUG=1).id}"
    assert api.get(f"{path}?expand=returns,timeline").status_code == 200
    for part in ("payment", "shipments"):
        told = api.get(f"{path}?expand=returns,{part}")
        assert (told.status_code, told.json()["code"]) == (403, "insufficient_scope")
    for asked in (f"{path}?expand=customer", f"{path}?expand=", "?expand=payment", "?expand=timeline"):
        told = api.get(asked)
        assert (told.status_code, told.json()["code"]) == (400, "invalid_parameter"), asked
        assert [flaw["parameter"] for flaw in told.json()["errors"]] == ["expand"]


@pytest.mark.parametrize("amount", ["1_0", "+1", "1.0", "\N{ARABIC-INDIC DIGIT ONE}", "-1", ""])
def test_an_amount_is_asked_for_in_digits(api: Api, amount: str) -> None:
    told = api.get("?" + urlencode({"total[gt]": amount}))
    assert (told.status_code, told.json()["code"]) == (400, "invalid_parameter")
    assert api.get("?total[gt]=10").status_code == 200


def test_what_comes_back_of_many_orders_is_asked_at_once(api: Api, place: Place) -> None:
    _returned(api, place(MUG=1))
    alone = _asked_with_returns(api, orders=1)
    for number in range(3):
        _returned(api, place(MUG=1, STICKER=1, key=f"more-{number}"))
    assert _asked_with_returns(api, orders=4) == alone == 6


def _returned(api: Api, order: Order) -> None:
    settle()
    announce(delivered(order.id, ShipmentId.new(), **{line.sku: line.quantity for line in order.lines}))
    settle()
    asked = {"lines": [{"sku": line.sku, "quantity": 1} for line in order.lines], "reason": "too small"}
    assert api.send(f"/{order.id}/returns", asked).status_code == 201


def _asked_with_returns(api: Api, *, orders: int) -> int:
    with CaptureQueriesContext(connections["orders"]) as asked:
        page = api.get("?expand=returns").json()
    selects = sum(query["sql"].lstrip().upper().startswith("SELECT") for query in asked.captured_queries)
    told = {order["id"]: order["expanded"]["returns"] for order in page["data"]}
    assert len(told) == orders
    for order_id, returned in told.items():
        assert returned == api.get(f"/{order_id}/returns").json() != []
    return selects
