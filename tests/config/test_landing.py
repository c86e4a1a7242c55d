"""The page at /, as the server sees it: what it shows, what it refuses, and what it says to htmx."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.landing import story
from config.landing.parts import wholes
from modules.catalog.contracts import NewProduct, NewVariant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.contracts import CARD_DECLINED, CARD_OK
from modules.shipping.facade import shipping
from tearline import topology
from tearline.contracts import Money, Unavailable
from tearline.testing import settle
from tearline.work import drain

FORM = {"sku": "MUG-BLUE", "quantity": "2", "payment_method": CARD_OK, "key": "pressed-once"}


@pytest.fixture(autouse=True)
def development(settings: Any) -> None:
    settings.DEBUG = True


@pytest.fixture
def goods(db: None) -> None:
    """A mug to sell, and ten of it."""
    mug = NewVariant(sku="MUG-BLUE", name="Mug <blue>", price=Money(amount=1450, currency="EUR"))
    catalog.offer(NewProduct(name="Mug", variants=[mug]), key="offer")
    inventory.receive(ReceiveStock(sku="MUG-BLUE", quantity=10, reference="test"), key="receive")


def place(client: Client, **changed: str) -> Any:
    return client.post("/demo/orders", FORM | changed)


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def words(response: Any) -> str:
    """The text without its markup, and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", text(response)).split())


def poll(client: Client, page: Any) -> Any:
    """What htmx asks for next."""
    asks = re.search(r'hx-get="([^"]+)"', text(page))
    assert asks
    return client.get(asks[1], headers={"HX-Request": "true"})


def no_answer(*_: Any, **__: Any) -> None:
    raise Unavailable("gone")


def test_the_page_says_where_things_are_and_loads_nothing_from_elsewhere(client: Client, goods: None) -> None:
    page = text(client.get("/"))
    for door in ("/api/v1/docs", "/api/v1/openapi.json", "/health/ready"):
        assert f'href="{door}"' in page
        assert client.get(door).status_code == 200
    assert "Mug <blue>, EUR 14.50" in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_every_page_forbids_what_is_not_in_our_own_files(client: Client, goods: None) -> None:
    placed = place(client)
    for page in (client.get("/"), client.get(placed.url), place(client, quantity="0")):
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in page["Content-Security-Policy"]
        assert not re.findall(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:", text(page))


def test_a_page_may_be_asked_for_its_headers_alone(client: Client, goods: None) -> None:
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")


def test_the_page_tells_every_module_in_its_own_words(client: Client, goods: None) -> None:
    page = words(client.get("/"))
    assert "Process shop" in page
    assert "Payments holds, takes and gives back the money for an order, through a provider." in page
    assert "Orders : what a customer wants, at which price, and how far it got." in page


def test_a_module_that_has_left_is_told_in_its_own_process(tmp_path: Path) -> None:
    for module in ("orders", "payments"):
        (tmp_path / "modules" / module).mkdir(parents=True)
        (tmp_path / "modules" / module / "__init__.py").touch()
        (tmp_path / "modules" / module / "apps.py").touch()
    file = tmp_path / "topology.toml"
    file.write_text(
        '[processes.shop]\nmodules = ["orders"]\n[processes.till]\nmodules = ["payments"]\n'
        '[events]\ntransport = "redis"\n'
    )
    told = [
        (whole.name, [part.name for part in whole.parts])
        for whole in wholes(topology.load(file, modules=tmp_path / "modules"))
    ]
    assert told == [("shop", ["Orders"]), ("till", ["Payments"])]


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
    assert "Mug <blue> for EUR 29.00" in " ".join(done.split())
    assert "hx-trigger" not in done
    assert "refresh" not in done


def test_the_parcel_and_the_letters_are_told_after_the_order(client: Client, goods: None) -> None:
    placed = place(client)
    settle()
    page = words(client.get(placed.url))
    told = ["placed", "reserve stock done", "capture payment done", "confirmed", "parcel ready", "shipment letter sent"]
    places = [page.index(what, page.index("What happened")) for what in told]
    assert places == sorted(places)
    assert "confirmation letter sent" in page
    assert "a***@example.com" in page


def test_a_parcel_that_nobody_can_tell_of_is_left_out(
    client: Client, goods: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(client)
    settle()
    monkeypatch.setattr(type(shipping), "shipments_of", no_answer)
    monkeypatch.setattr(type(notifications), "notifications_of", no_answer)
    page = client.get(placed.url)
    assert "capture payment done" in text(page)
    assert "parcel" not in text(page)
    assert "hx-trigger" in text(page)
    monkeypatch.setattr(story, "PATIENCE", timedelta(0))
    assert "hx-trigger" not in text(client.get(placed.url))


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


def test_htmx_is_given_nothing_until_there_is_something_new(client: Client, goods: None) -> None:
    page = client.get(place(client).url)
    assert poll(client, page).status_code == 204
    drain()
    news = poll(client, page)
    assert news.status_code == 200
    assert "<title>Order confirmed" in text(news)


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
    monkeypatch.setattr(type(catalog), "browse", no_answer)
    assert "did not answer" in text(client.get("/"))
    assert place(client).status_code == 503


def test_while_orders_do_not_answer_the_page_says_so(
    client: Client, goods: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(client)
    monkeypatch.setattr(type(orders), "find", no_answer)
    page = client.get(placed.url)
    assert (page.status_code, "did not answer" in text(page)) == (503, True)


def test_without_debug_there_are_links_and_nothing_to_order(client: Client, settings: Any, goods: None) -> None:
    placed = place(client)
    settings.DEBUG = False
    page = text(client.get("/"))
    assert "/api/v1/docs" in page
    assert "<form" not in page
    assert place(client, key="pressed-again").status_code == 404
    assert client.get(placed.url).status_code == 404
    assert orders.find(OrderId.parse(placed.url.rsplit("/", 1)[1])).status == "pending"
