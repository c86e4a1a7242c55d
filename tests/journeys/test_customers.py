"""What customers see with keys of their own: of orders, only theirs, and of the rest, only what is meant for them."""

import io
import json
import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules.notifications.contracts import Notification
from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from tearline.api.keys import issue
from tearline.models import SagaRow
from tests.journeys.shop import ADA, ADDRESS, Shop
from tests.served import routes

# As JSON, which says more than plain calls.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)

FOR_CUSTOMERS = {
    ("GET", "/products"),
    ("GET", "/products/{product_id}"),
    ("POST", "/orders"),
    ("GET", "/orders"),
    ("GET", "/orders/{order_id}"),
    ("GET", "/orders/{order_id}/overview"),
    ("GET", "/orders/{order_id}/timeline"),
    ("GET", "/orders/{order_id}/explain"),
    ("POST", "/orders/{order_id}/cancel"),
    ("GET", "/orders/{order_id}/returns"),
    ("POST", "/orders/{order_id}/returns"),
}
ASK_FOR_NO_KEY = {
    ("POST", "/payments/webhooks/{provider}"),
    ("POST", "/shipments/webhooks/{carrier}"),
    ("POST", "/notifications/tracking/{provider}"),
    ("GET", "/notifications/preview"),
    ("GET", "/notifications/preview/{locale}/{template}"),
}
BODIES = {
    "/orders/{order_id}/cancel": {"reason": "mine now"},
    "/orders/{order_id}/returns": {"reason": "mine now", "lines": [{"sku": "MUG-BLUE", "quantity": 1}]},
}


class Api:
    """What the carrier of a key gets. `customer`: to whom the key is bound."""

    def __init__(self, customer: str | None) -> None:
        _, token = issue(name="customers", scopes=["*"], customer=customer)
        self._client = Client(headers={"Authorization": f"Bearer {token}"})
        self._asked = 0

    def ask(self, method: str, path: str, body: object = None) -> Any:
        self._asked += 1
        headers = {"Idempotency-Key": f"request-{self._asked}"}
        said = json.dumps(body)
        return self._client.generic(method, f"/api/v1{path}", said, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.ask("GET", path).json()

    def order(self, **told: object) -> Any:
        lines = [{"sku": "MUG-BLUE", "quantity": 1}]
        order = {"email": ADA, "ship_to": ADDRESS, "lines": lines, "payment_method": "pm_card_ok"}
        return self.ask("POST", "/orders", order | told)


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


@pytest.fixture
def bound_to_ada(shop: Shop) -> Api:
    return Api("cus_ada")


@pytest.fixture
def bound_to_bob(shop: Shop) -> Api:
    return Api("cus_bob")


def test_what_is_not_declared_to_be_for_customers_is_closed_to_them(bound_to_bob: Api) -> None:
    known = routes()
    assert known >= FOR_CUSTOMERS | ASK_FOR_NO_KEY
    assert len(known) > 60
    for method, path in sorted(known - FOR_CUSTOMERS - ASK_FOR_NO_KEY):
        asked = re.sub(r"{[^}]*}", str(OrderId.new()), path)
        assert outcome(bound_to_bob.ask(method, asked)) == (403, "customer_not_allowed"), (method, path)


def test_nothing_of_another_customer_is_shown_or_done(shop: Shop, bound_to_ada: Api, bound_to_bob: Api) -> None:
    """On every route that is open to them: it is as if the order did not exist."""
    order = bound_to_ada.order().json()
    shop.settle()
    before = orders.find(order["id"])
    for method, path in sorted(FOR_CUSTOMERS):
        if "{order_id}" not in path:
            continue
        told = [
            bound_to_bob.ask(method, path.replace("{order_id}", order_id), BODIES.get(path))
            for order_id in (order["id"], OrderId.new())
        ]
        assert [outcome(response) for response in told] == [(404, "orders.order_not_found")] * 2, (method, path)
        assert order["id"] not in told[1].content.decode()
    assert orders.find(order["id"]) == before
    assert bound_to_bob.get("/orders")["data"] == []
    assert bound_to_bob.get("/orders?status=confirmed")["data"] == []
    assert bound_to_bob.get("/orders?payment_status=paid&fulfillment_status=unfulfilled")["data"] == []
    cursor = bound_to_ada.get("/orders?limit=1")
    assert [each["id"] for each in cursor["data"]] == [order["id"]]


def test_customers_see_and_do_with_their_own_what_is_theirs_to_do(shop: Shop, bound_to_ada: Api) -> None:
    order = bound_to_ada.order().json()
    assert order["customer"] == "cus_ada"
    path = f"/orders/{order['id']}"
    shop.settle()
    assert bound_to_ada.get(path)["status"] == "confirmed"
    assert bound_to_ada.get(f"{path}/timeline")[0]["what"] == "placed"
    assert [each["name"] for each in bound_to_ada.get(f"{path}/explain")["actions"]] == ["cancel", "request_return"]
    assert bound_to_ada.get(f"{path}/returns") == []
    whole = bound_to_ada.get(f"{path}/overview")
    assert (whole["payment"]["captured"]["amount"], whole["incomplete"]) == (1450, [])
    assert bound_to_ada.ask("POST", f"{path}/cancel", {"reason": "changed my mind"}).status_code == 200
    shop.settle()
    assert bound_to_ada.get(path)["status"] == "cancelled"


def test_whose_an_order_is_no_customer_decides(shop: Shop, bound_to_ada: Api, bound_to_bob: Api) -> None:
    assert outcome(bound_to_bob.order(customer="cus_ada")) == (403, "customer_not_allowed")
    assert outcome(bound_to_bob.ask("GET", "/orders?customer=cus_ada")) == (403, "customer_not_allowed")
    assert bound_to_ada.get("/orders")["data"] == []
    placed = Api(None).order(customer="cus_ada").json()
    assert [each["id"] for each in bound_to_ada.get("/orders?customer=cus_ada")["data"]] == [placed["id"]]
    nobodys = Api(None).order().json()
    assert nobodys["customer"] is None
    assert bound_to_ada.ask("GET", f"/orders/{nobodys['id']}").status_code == 404
    assert {each["id"] for each in Api(None).get("/orders")["data"]} == {placed["id"], nobodys["id"]}


def test_what_is_told_to_the_staff_is_not_told_to_customers(
    shop: Shop, bound_to_ada: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bound_to_ada.order().json()
    shop.settle()
    [*_, letter] = notifications.notifications_of(order["id"])
    to_staff: Notification = letter.model_copy(update={"recipient": "staff"})
    monkeypatch.setattr("config.overview.api.notifications", Told([letter, to_staff]))
    told = {None: Api(None), "cus_ada": bound_to_ada}
    seen = {who: api.get(f"/orders/{order['id']}/overview")["notifications"] for who, api in told.items()}
    assert [each["recipient"] for each in seen[None]] == ["customer", "staff"]
    assert [each["recipient"] for each in seen["cus_ada"]] == ["customer"]


class Told:
    """Notifications that tell this of any order."""

    def __init__(self, letters: list[Notification]) -> None:
        self._letters = letters

    def notifications_of(self, _order_id: OrderId) -> list[Notification]:
        return self._letters


def test_nobody_is_asked_for_the_parts_of_an_order_before_it_is_known_to_be_theirs(
    shop: Shop, bound_to_ada: Api, bound_to_bob: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bound_to_ada.order().json()
    asked = Mock(return_value={})
    monkeypatch.setattr("config.overview.api._parts", asked)
    monkeypatch.setattr("modules.orders.api._parts", asked)
    bound_to_bob.ask("GET", f"/orders/{order['id']}/overview")
    found = bound_to_bob.ask("GET", f"/orders/{order['id']}?expand=returns,timeline,payment,shipments")
    assert outcome(found) == (404, "orders.order_not_found")
    assert not asked.called


def test_expanding_shows_customers_what_each_part_shows_them_by_itself(shop: Shop, bound_to_ada: Api) -> None:
    order_id = bound_to_ada.order().json()["id"]
    run = SagaRow.objects.using("orders").get(subject_id=order_id)
    stepping_in = ("skip", "orders", "sagas", str(run.pk), "reserve_stock", "--reason", "by hand", "--as", "ann")
    call_command("work", *stepping_in, stdout=io.StringIO())
    shop.settle()
    path = f"/orders/{order_id}"
    everything = f"{path}?expand=returns,timeline,payment,shipments"
    parts, whole = bound_to_ada.get(everything)["expanded"], bound_to_ada.get(f"{path}/overview")
    assert "ann" in {entry["who"] for entry in Api(None).get(everything)["expanded"]["timeline"]}
    assert "ann" not in {entry["who"] for entry in parts["timeline"]}
    assert parts == {
        "returns": bound_to_ada.get(f"{path}/returns"),
        "timeline": bound_to_ada.get(f"{path}/timeline"),
        "payment": whole["payment"],
        "shipments": whole["shipments"],
        "incomplete": [],
    }


def test_a_customers_orders_are_found_without_looking_at_others(shop: Shop, bound_to_ada: Api) -> None:
    mine = bound_to_ada.order().json()
    for _ in range(3):
        Api(None).order(customer="cus_bob")
    with CaptureQueriesContext(connections["orders"]) as queries:
        page = bound_to_ada.get("/orders")
    assert [each["id"] for each in page["data"]] == [mine["id"]]
    selects = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SELECT")]
    assert len(selects) == 3  # orders, their lines, what was heard of them
    assert '"customer" = ' in selects[0]
