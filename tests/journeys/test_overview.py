"""An order with all that belongs to it, in one answer."""

from functools import partial
from typing import Any

import pytest
from django.test import Client

from config.overview import api
from modules.orders.contracts import OrderId
from modules.payments.facade import payments
from tearline.api.keys import issue
from tearline.contracts import Unavailable
from tests.journeys.shop import Shop


class Answerless:
    """Stands in for a facade that answers nothing."""

    def __getattr__(self, name: str) -> Any:
        return partial(self._fail, name)

    def _fail(self, name: str, *_: Any) -> None:
        raise Unavailable(f"{name} is not answered")


@pytest.fixture
def client(db: None) -> Client:
    _, token = issue(name="overview", scopes=["overview:read"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def overview(client: Client, order_id: str, *, status: int = 200) -> dict[str, Any]:
    response = client.get(f"/api/v1/orders/{order_id}/overview")
    assert response.status_code == status, response.content
    told: dict[str, Any] = response.json()
    return told


def test_an_order_is_seen_with_all_that_was_done_for_it(shop: Shop, client: Client) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    told = overview(client, order.id)
    assert (told["order"]["status"], told["incomplete"]) == ("confirmed", [])
    assert told["payment"]["captured"]["amount"] == 2900
    assert [line["quantity"] for line in told["reservation"]["lines"]] == [2]
    assert [parcel["order_id"] for parcel in told["shipments"]] == [order.id]
    assert {letter["state"] for letter in told["notifications"]} == {"sent"}


def test_what_is_not_there_yet_is_null_or_empty_and_not_missed(shop: Shop, client: Client) -> None:
    told = overview(client, shop.order("MUG-BLUE", 1).id)
    assert told.pop("order")["status"] == "pending"
    assert told == {"payment": None, "reservation": None, "shipments": [], "notifications": [], "incomplete": []}


@pytest.mark.parametrize(
    ("facade", "part"),
    [
        ("payments", "payment"),
        ("inventory", "reservation"),
        ("shipping", "shipments"),
        ("notifications", "notifications"),
    ],
)
def test_a_module_that_does_not_answer_is_missed_by_name(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch, facade: str, part: str
) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    whole = overview(client, order.id)
    monkeypatch.setattr(api, facade, Answerless())
    assert overview(client, order.id) == whole | {part: None, "incomplete": [part]}


def test_without_the_order_there_is_no_overview(shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.order("MUG-BLUE", 2)
    monkeypatch.setattr(api, "orders", Answerless())
    assert overview(client, order.id, status=503)["code"] == "unavailable"


@pytest.mark.parametrize("order_id", [OrderId.new(), "7", "ord_"])
def test_an_order_that_is_not_there_is_not_found(client: Client, order_id: str) -> None:
    assert overview(client, order_id, status=404)["code"] == "orders.order_not_found"


def test_it_shows_what_several_scopes_would_so_it_has_its_own(shop: Shop) -> None:
    _, token = issue(name="nosy", scopes=["orders:read"])
    told = overview(Client(headers={"Authorization": f"Bearer {token}"}), OrderId.new(), status=403)
    assert "overview:read" in told["detail"]
    assert payments.payment_of(OrderId.new()) is None
