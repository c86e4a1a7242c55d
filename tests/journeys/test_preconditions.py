"""A condition under which somebody wants to write is checked with the write, and never passed over."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from modules.orders.contracts import OrderId
from tearline.api.keys import issue
from tearline.testing import settle
from tests.journeys import goods
from tests.journeys.shop import ADA, ADDRESS
from tests.served import writes
from tests.tearline.specimen import at_once

SKU = "MUG-BLUE"
PIECES = 2


class Desk:
    """A shop with goods on the shelf, and somebody at it who may do everything."""

    def __init__(self) -> None:
        goods.fill_the_shelf()
        _, token = issue(name="careful", scopes=["*"])
        self._headers = {"Authorization": f"Bearer {token}"}
        self._keys = count()

    def get(self, path: str) -> Any:
        return Client(headers=self._headers).get(f"/api/v1{path}")

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        headers = {**self._headers, "Idempotency-Key": f"request-{next(self._keys)}", **headers}
        told: dict[str, Any] = {} if body is None else {"data": body}
        ask = getattr(Client(headers=headers), method.lower())
        return ask(f"/api/v1{path}", content_type="application/json", **told)

    def make(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """What is told of something that is done."""
        answer = self.send(method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


# What there is to be changed, and how somebody else changes it meanwhile

Names = Mapping[str, str]


def a_draft(desk: Desk) -> Names:
    lines = [{"sku": SKU, "quantity": PIECES}]
    draft = {"email": ADA, "ship_to": ADDRESS, "lines": lines, "payment_method": "pm_card_ok"}
    return {"order_id": desk.make("POST", "/orders/drafts", draft)["id"]}


def touch_the_draft(desk: Desk, names: Names) -> None:
    path = "/orders/{order_id}".format(**names)
    desk.make("PATCH", path, {"email": "eve@example.com"}, **{"If-Match": desk.get(path)["ETag"]})


def an_order(desk: Desk) -> Names:
    names = a_draft(desk)
    desk.make("POST", "/orders/{order_id}/place".format(**names), {})
    return names


def settle_the_order(desk: Desk, names: Names) -> None:
    settle()


def a_shipment(desk: Desk) -> Names:
    order = an_order(desk)
    settle()
    [shipment] = desk.get("/shipments?order_id={order_id}".format(**order)).json()["data"]
    return {"shipment_id": shipment["id"]}


def a_shipment_on_hold(desk: Desk) -> Names:
    names = a_shipment(desk)
    _hold(desk, names)
    return names


def a_shipment_without_a_label(desk: Desk) -> Names:
    names = a_shipment_on_hold(desk)
    parts = [[{"sku": SKU, "quantity": 1}]] * PIECES
    told = desk.make("POST", "/shipments/{shipment_id}/split".format(**names), {"parcels": parts})
    return {"shipment_id": told[-1]["id"]}


def _hold(desk: Desk, names: Names) -> None:
    desk.make("POST", "/shipments/{shipment_id}/hold".format(**names), {"reason": "look at it"})


def _release(desk: Desk, names: Names) -> None:
    desk.make("POST", "/shipments/{shipment_id}/release".format(**names))


def hold_and_release(desk: Desk, names: Names) -> None:
    _hold(desk, names)
    _release(desk, names)


def release_and_hold(desk: Desk, names: Names) -> None:
    _release(desk, names)
    _hold(desk, names)


def a_location(desk: Desk) -> Names:
    return {"code": desk.make("POST", "/stock/locations", {"code": "north", "name": "North"})["code"]}


def rename_the_location(desk: Desk, names: Names) -> None:
    desk.make("PATCH", "/stock/locations/{code}".format(**names), {"name": "Far north"})


def an_endpoint(desk: Desk) -> Names:
    told = desk.make("POST", "/webhooks/endpoints", {"url": "https://93.184.216.34/hooks"})
    return {"endpoint_id": told["endpoint"]["id"]}


def describe_the_endpoint(desk: Desk, names: Names) -> None:
    desk.make("PATCH", "/webhooks/endpoints/{endpoint_id}".format(**names), {"description": "the warehouse"})


def on_sale(desk: Desk) -> Names:
    [product_id] = [each["id"] for each in desk.get("/products").json()["data"] if each["variants"][0]["sku"] == SKU]
    return {"product_id": product_id, "sku": SKU}


def a_withdrawn_product(desk: Desk) -> Names:
    names = on_sale(desk)
    desk.make("POST", "/products/{product_id}/withdraw".format(**names))
    return names


def a_withdrawn_variant(desk: Desk) -> Names:
    names = on_sale(desk)
    desk.make("POST", "/variants/{sku}/withdraw".format(**names))
    return names


def price_it_anew(desk: Desk, names: Names) -> None:
    desk.make("POST", "/variants/{sku}/prices".format(**names), {"price": {"amount": 1, "currency": "EUR"}})


def limit_it(desk: Desk, names: Names) -> None:
    desk.make("PUT", "/stock/{sku}/limits".format(**names), {"backorder_limit": 1, "reorder_point": None})


@dataclass(frozen=True)
class Write:
    """`reads`: where there is an ETag. `touch`: changes it, so that the write can still be done."""

    of: Callable[[Desk], Names]
    touch: Callable[[Desk, Names], None]
    reads: str
    body: object = None


DRAFT = (a_draft, touch_the_draft, "/orders/{order_id}")
SHIPMENT = "/shipments/{shipment_id}"
ENDPOINT = (an_endpoint, describe_the_endpoint, "/webhooks/endpoints/{endpoint_id}")
PRODUCT = "/products/{product_id}"
BECAUSE = {"reason": "changed my mind"}

HEEDED = {
    ("PATCH", "/orders/{order_id}"): Write(*DRAFT, {"email": "bob@example.com"}),
    ("POST", "/orders/{order_id}/place"): Write(*DRAFT, {}),
    ("POST", "/orders/{order_id}/discard"): Write(*DRAFT, BECAUSE),
    ("POST", "/orders/{order_id}/cancel"): Write(an_order, settle_the_order, "/orders/{order_id}", BECAUSE),
    ("POST", f"{SHIPMENT}/hold"): Write(a_shipment, hold_and_release, SHIPMENT, BECAUSE),
    ("POST", f"{SHIPMENT}/release"): Write(a_shipment_on_hold, release_and_hold, SHIPMENT),
    ("POST", f"{SHIPMENT}/cancel"): Write(a_shipment, hold_and_release, SHIPMENT, BECAUSE),
    ("POST", f"{SHIPMENT}/split"): Write(
        a_shipment, hold_and_release, SHIPMENT, {"parcels": [[{"sku": SKU, "quantity": 1}]] * PIECES}
    ),
    ("POST", f"{SHIPMENT}/service"): Write(
        a_shipment_without_a_label, release_and_hold, SHIPMENT, {"service": "express"}
    ),
    ("PATCH", "/stock/locations/{code}"): Write(
        a_location, rename_the_location, "/stock/locations/{code}", {"priority": 3}
    ),
    ("PUT", "/stock/{sku}/limits"): Write(
        on_sale, limit_it, "/stock/{sku}", {"backorder_limit": 5, "reorder_point": 2}
    ),
    ("PATCH", "/webhooks/endpoints/{endpoint_id}"): Write(*ENDPOINT, {"enabled": False}),
    ("DELETE", "/webhooks/endpoints/{endpoint_id}"): Write(*ENDPOINT),
    ("POST", f"{PRODUCT}/withdraw"): Write(on_sale, price_it_anew, PRODUCT),
    ("POST", f"{PRODUCT}/put-back"): Write(a_withdrawn_product, price_it_anew, PRODUCT),
    ("POST", "/variants/{sku}/withdraw"): Write(on_sale, price_it_anew, PRODUCT),
    ("POST", "/variants/{sku}/put-back"): Write(a_withdrawn_variant, price_it_anew, PRODUCT),
}

TELL_ANOTHER = {("POST", f"{SHIPMENT}/split"), ("DELETE", "/webhooks/endpoints/{endpoint_id}")}
"""Their answers are not what was changed."""


def version_of(answer: Any) -> int:
    return int(re.fullmatch(r'"(\d+)-[0-9a-f]{32}"', answer["ETag"])[1])  # type: ignore[index]  # None fails as well


@pytest.mark.parametrize(("method", "path"), HEEDED)
def test_what_was_changed_meanwhile_is_left_as_it_is_and_what_was_seen_is_changed(
    desk: Desk, method: str, path: str
) -> None:
    write = HEEDED[method, path]
    names = write.of(desk)
    reads, does = write.reads.format(**names), path.format(**names)
    seen = desk.get(reads)["ETag"]
    write.touch(desk, names)
    now = desk.get(reads)

    late = desk.send(method, does, write.body, **{"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed"), late.content
    assert version_of(late) == version_of(now)
    assert desk.get(reads).content == now.content

    done = desk.send(method, does, write.body, **{"If-Match": late["ETag"]})
    assert done.status_code == 200, done.content
    then = desk.get(reads)
    if method == "DELETE":
        assert then.status_code == 404
    else:
        assert version_of(then) > version_of(now)
    if (method, path) not in TELL_ANOTHER:
        assert version_of(done) == version_of(then)


def _both_wait_once_they_found(versioned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each other, and a moment."""
    expect, both_found_it = versioned.expect, Barrier(2)

    def expect_and_wait(row: Any, version: int | None) -> None:
        expect(row, version)
        with suppress(BrokenBarrierError):
            both_found_it.wait(0.3)

    monkeypatch.setattr(versioned, "expect", expect_and_wait)


@pytest.mark.parametrize(
    ("method", "path", "model"),
    [
        ("PATCH", "/orders/{order_id}", "orders.Order"),
        ("POST", f"{SHIPMENT}/hold", "shipping.Shipment"),
        ("PATCH", "/stock/locations/{code}", "inventory.Location"),
        ("PUT", "/stock/{sku}/limits", "inventory.StockItem"),
        ("PATCH", "/webhooks/endpoints/{endpoint_id}", "notifications.WebhookEndpoint"),
        ("POST", f"{PRODUCT}/withdraw", "catalog.Product"),
    ],
)
def test_of_two_who_have_seen_the_same_one_changes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, method: str, path: str, model: str
) -> None:
    """Whoever finds it as expected waits for the other, who cannot get so far unless they look without a lock."""
    write = HEEDED[method, path]
    names = write.of(desk)
    seen, does = desk.get(write.reads.format(**names))["ETag"], path.format(**names)
    _both_wait_once_they_found(apps.get_model(model), monkeypatch)
    answers = at_once(2, lambda _: desk.send(method, does, write.body, **{"If-Match": seen}).status_code)
    assert Counter(answers) == {200: 1, 412: 1}


def test_of_two_who_limit_a_sku_at_two_locations_one_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """They meet in nothing but the item, which has the version of all its limits."""
    places = ["main", a_location(desk)["code"]]
    seen = desk.get(f"/stock/{SKU}")["ETag"]
    _both_wait_once_they_found(apps.get_model("inventory.StockItem"), monkeypatch)
    limits = {"backorder_limit": 5, "reorder_point": 2}

    def limit(n: int) -> Any:
        body = {**limits, "location": places[n]}
        return desk.send("PUT", f"/stock/{SKU}/limits", body, **{"If-Match": seen}).status_code

    assert Counter(at_once(2, limit)) == {200: 1, 412: 1}


def test_goods_come_and_go_without_a_new_version_of_their_limits(desk: Desk) -> None:
    seen = desk.get(f"/stock/{SKU}")
    desk.make("POST", f"/stock/{SKU}/adjust", {"change": -1, "reference": "broken"})
    now = desk.get(f"/stock/{SKU}")
    assert version_of(now) == version_of(seen)
    assert now["ETag"] != seen["ETag"]
    done = desk.send("PUT", f"/stock/{SKU}/limits", {"backorder_limit": 5, "reorder_point": 2}, **{
        "If-Match": seen["ETag"]
    })  # fmt: skip
    assert done.status_code == 200


def test_a_shipment_that_was_cancelled_is_found_so_whatever_version_was_seen(desk: Desk) -> None:
    """As by whoever died on the way, and comes again."""
    names = a_shipment(desk)
    seen = desk.get(SHIPMENT.format(**names))["ETag"]
    for _ in range(2):
        told = desk.make("POST", f"{SHIPMENT}/cancel".format(**names), BECAUSE, **{"If-Match": seen})
        assert told["state"] == "cancelled"


def test_each_write_takes_if_match_or_refuses_it(db: None) -> None:
    _, token = issue(name="careful", scopes=["*"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    known = writes()
    assert len(known) > 30
    refused = set()
    for method, path in known:
        address = f"/api/v1{re.sub(r'{[^}]*}', str(OrderId.new()), path)}"
        told = client.generic(method, address, headers={"If-Match": '"1"', "Idempotency-Key": "one"})
        if (told.status_code, told.json()["code"]) == (400, "precondition_not_supported"):
            refused.add((method, path))
    assert known - refused == {*HEEDED}


@pytest.mark.parametrize("path", ["/orders", "/stock/locations"])
def test_what_is_read_may_come_with_a_condition(db: None, path: str) -> None:
    _, token = issue(name="reader", scopes=["*"])
    client = Client(headers={"Authorization": f"Bearer {token}", "If-Match": '"1"'})
    assert client.get(f"/api/v1{path}").status_code == 200
