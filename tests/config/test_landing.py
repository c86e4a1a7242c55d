import html
import re
from typing import Any

import pytest
from django.test import Client

from modules.catalog.contracts import NewProduct, Variant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.contracts import CARD_DECLINED, CARD_OK
from tearline.contracts import Money, Unavailable
from tearline.testing import settle

FORM = {"sku": "MUG-BLUE", "quantity": "2", "payment_method": CARD_OK, "key": "pressed-once"}


@pytest.fixture(autouse=True)
def development(settings: Any) -> None:
    settings.DEBUG = True


@pytest.fixture
def goods(db: None) -> None:
    """A mug to sell, and ten of it."""
    mug = Variant(sku="MUG-BLUE", name="Mug <blue>", price=Money(amount=1450, currency="EUR"))
    catalog.offer(NewProduct(name="Mug", variants=[mug]), key="offer")
    inventory.receive(ReceiveStock(sku="MUG-BLUE", quantity=10, reference="test"), key="receive")


def place(client: Client, **changed: str) -> Any:
    return client.post("/demo/orders", FORM | changed)


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_the_page_says_where_things_are_and_loads_nothing_from_elsewhere(client: Client, goods: None) -> None:
    page = text(client.get("/"))
    for door in ("/api/v1/docs", "/api/v1/openapi.json", "/health/ready"):
        assert f'href="{door}"' in page
        assert client.get(door).status_code == 200
    assert "Mug <blue>, 14.50 EUR" in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_before_anything_is_for_sale_the_page_says_what_to_do(client: Client, db: None) -> None:
    assert "python manage.py demo" in text(client.get("/"))


def test_an_order_can_be_watched_until_it_is_confirmed(client: Client, goods: None) -> None:
    placed = place(client)
    assert placed.status_code == 302
    watching = text(client.get(placed.url))
    assert "pending" in watching
    assert 'hx-trigger="every' in watching
    assert '<noscript><meta http-equiv="refresh"' in watching
    settle()
    done = text(client.get(placed.url))
    assert "confirmed" in done
    assert "Mug <blue> for 29.00 EUR" in " ".join(done.split())
    assert "hx-trigger" not in done
    assert "refresh" not in done


def test_a_declined_card_is_explained(client: Client, goods: None) -> None:
    placed = place(client, payment_method=CARD_DECLINED)
    settle()
    page = text(client.get(placed.url))
    assert "cancelled" in page
    assert "declined" in page


def test_htmx_is_given_the_order_alone(client: Client, goods: None) -> None:
    placed = place(client)
    part = text(client.get(placed.url, headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<article")
    assert "<html" not in part


def test_pressing_the_button_twice_places_one_order(client: Client, goods: None) -> None:
    assert place(client).url == place(client).url


def test_another_order_under_a_used_key_is_refused_and_the_form_gets_a_fresh_one(client: Client, goods: None) -> None:
    place(client)
    refused = place(client, quantity="3")
    assert refused.status_code == 422
    fresh = re.findall(r'name="key" value="([^"]+)"', text(refused))
    assert len(fresh) == 1
    assert place(client, quantity="3", key=fresh[0]).status_code == 302


@pytest.mark.parametrize(
    "changed", [{"quantity": "0"}, {"quantity": "many"}, {"sku": "GONE"}, {"payment_method": "cash"}, {"key": ""}]
)
def test_a_form_that_makes_no_sense_places_nothing(client: Client, goods: None, changed: dict[str, str]) -> None:
    assert place(client, **changed).status_code == 422
    assert "Your last orders" not in text(client.get("/"))


def test_the_last_orders_of_a_visitor_are_listed_for_this_visitor_alone(client: Client, goods: None) -> None:
    first, second = (place(client, key=f"press-number-{n}").url for n in (1, 2))
    page = text(client.get("/"))
    assert page.index(second) < page.index(first)
    assert first not in text(Client().get("/"))


@pytest.mark.parametrize("order_id", ["17", OrderId.new()])
def test_an_order_that_is_not_there_is_not_found(client: Client, db: None, order_id: str) -> None:
    assert client.get(f"/demo/orders/{order_id}").status_code == 404


def test_a_form_from_elsewhere_is_refused(goods: None) -> None:
    assert place(Client(enforce_csrf_checks=True)).status_code == 403


def test_while_the_catalog_does_not_answer_the_page_still_does(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(*_: Any, **__: Any) -> None:
        raise Unavailable("gone")

    monkeypatch.setattr(type(catalog), "browse", no_answer)
    assert "did not answer" in text(client.get("/"))
    assert place(client).status_code == 503


def test_without_debug_there_are_links_and_nothing_to_order(client: Client, settings: Any, goods: None) -> None:
    placed = place(client)
    settings.DEBUG = False
    page = text(client.get("/"))
    assert "/api/v1/docs" in page
    assert "<form" not in page
    assert place(client, key="pressed-again").status_code == 404
    assert client.get(placed.url).status_code == 404
    assert orders.find(OrderId.parse(placed.url.rsplit("/", 1)[1])).status == "pending"
