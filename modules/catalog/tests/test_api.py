"""Products over REST."""

from typing import Any

import pytest
from django.test import Client

from modules.catalog.contracts import NewProduct, ProductId, Variant
from modules.catalog.facade import catalog
from modules.catalog.models import Product
from modules.catalog.tests.offers import mugs, pen
from tearline.api.keys import issue
from tearline.contracts import Money


@pytest.fixture
def client() -> Client:
    _, token = issue(name="reader", scopes=["catalog:read"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_products_are_listed_newest_first_page_by_page(client: Client) -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")

    first = client.get("/api/v1/products", {"limit": 1}).json()
    second = client.get("/api/v1/products", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [page["data"][0]["name"] for page in (first, second)] == ["Pen", "Mug"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_a_product_is_shown_with_what_it_costs(client: Client) -> None:
    offered = catalog.offer(mugs(eur=1450), key="k")

    assert client.get(f"/api/v1/products/{offered.id}").json() == {
        "id": offered.id,
        "name": "Mug",
        "description": "Holds tea.",
        "active": True,
        "variants": [
            {"sku": "MUG-BLUE", "name": "Mug, blue", "price": {"amount": 1450, "currency": "EUR"}},
            {"sku": "MUG-RED", "name": "Mug, red", "price": {"amount": 1450, "currency": "EUR"}},
        ],
    }


def test_prices_are_told_in_the_currency_asked_for(client: Client) -> None:
    catalog.offer(mugs(eur=1450), key="eur")
    product = catalog.offer(mugs(usd=1590), key="usd")
    catalog.offer(pen(eur=300), key="pen")

    [listed] = client.get("/api/v1/products", {"currency": "USD"}).json()["data"]
    shown = client.get(f"/api/v1/products/{product.id}", {"currency": "USD"}).json()

    assert listed == shown
    assert {variant["price"]["currency"] for variant in shown["variants"]} == {"USD"}
    assert client.get("/api/v1/products", {"currency": "dollars"}).status_code == 400


def test_what_is_no_longer_sold_is_shown_but_not_listed(client: Client) -> None:
    product = catalog.offer(pen(eur=300), key="k")
    Product.objects.update(active=False)

    assert client.get("/api/v1/products").json()["data"] == []
    assert client.get(f"/api/v1/products/{product.id}").json()["active"] is False


@pytest.mark.parametrize("product_id", [ProductId.new(), "17"])
def test_an_unknown_product_is_a_404(client: Client, product_id: str) -> None:
    response = client.get(f"/api/v1/products/{product_id}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_products_are_shown_to_those_with_the_scope(db: None) -> None:
    _, token = issue(name="stranger", scopes=["orders:read"])
    assert Client().get("/api/v1/products").status_code == 401
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/products").status_code == 403


@pytest.mark.parametrize("count", [1, 7])
def test_a_page_takes_the_same_queries_however_long(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        price = Money(amount=100, currency="EUR")
        catalog.offer(NewProduct(name="P", variants=[Variant(sku=f"P-{n}", name="P", price=price)]), key=f"{n}")
    with django_assert_num_queries(3, using="catalog"):
        assert len(client.get("/api/v1/products").json()["data"]) == count
