"""Products over REST."""

from typing import Any

import pytest
from django.test import Client

from modules.catalog.contracts import NewProduct, NewVariant, NotForSale, ProductId
from modules.catalog.facade import catalog
from modules.catalog.models import Product
from modules.catalog.tests.offers import mugs, pen
from tearline.api.keys import issue
from tearline.contracts import Money


@pytest.fixture
def client() -> Client:
    _, token = issue(name="reader", scopes=["catalog:read", "catalog:write"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_products_are_listed_newest_first_page_by_page(client: Client) -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")

    first = client.get("/api/v1/products", {"limit": 1}).json()
    second = client.get("/api/v1/products", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [page["data"][0]["name"] for page in (first, second)] == ["Pen", "Mug"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_a_cursor_is_of_the_words_and_the_money_that_were_asked_for(client: Client) -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")
    asked = {"limit": "1", "q": "e", "cursor": ""}
    asked["cursor"] = client.get("/api/v1/products?limit=1&q=e").json()["next_cursor"]

    assert client.get("/api/v1/products", asked).status_code == 200
    for other in ({"q": "tea"}, {"currency": "USD"}):
        assert client.get("/api/v1/products", asked | other).json()["code"] == "invalid_cursor"


def test_a_product_is_shown_with_what_it_costs(client: Client) -> None:
    offered = catalog.offer(mugs(eur=1450), key="k")

    assert client.get(f"/api/v1/products/{offered.id}").json() == {
        "id": offered.id,
        "name": "Mug",
        "description": "Holds tea.",
        "active": True,
        "attributes": {},
        "variants": [
            {"sku": sku, "name": name, "price": {"amount": 1450, "currency": "EUR"}, "attributes": {}, "active": True}
            for sku, name in (("MUG-BLUE", "Mug, blue"), ("MUG-RED", "Mug, red"))
        ],
        "version": 1,
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


def test_a_product_is_offered_withdrawn_and_put_back(client: Client) -> None:
    offered = _told(client, "/products", mugs(eur=1450).model_dump(mode="json")).json()

    for path, put_back in ((f"/products/{offered['id']}", 2), ("/variants/MUG-RED", 2)):
        withdrawn = _told(client, f"{path}/withdraw").json()
        assert withdrawn["product_active"] is ("variants" in path)
        left = [variant["sku"] for product in _listed(client) for variant in product["variants"]]
        assert left == (["MUG-BLUE"] if "variants" in path else [])
        with pytest.raises(NotForSale):
            catalog.quote(["MUG-RED"], currency="EUR")
        again = _told(client, f"{path}/put-back").json()
        assert (again["product_active"], again["variant_active"]) == (True, True if "variants" in path else None)
        assert [len(product["variants"]) for product in _listed(client)] == [put_back]
    for path in (f"/products/{ProductId.new()}/withdraw", "/variants/GHOST/put-back"):
        assert _told(client, path).status_code == 404


def test_a_price_is_announced_and_shown(client: Client) -> None:
    catalog.offer(pen(eur=300), key="k")
    sale = {"price": {"amount": 250, "currency": "EUR"}, "valid_from": "2120-01-01T00:00:00.75+01:00"}
    announced = _told(client, "/variants/PEN/prices", sale)

    assert announced.json() == client.get("/api/v1/variants/PEN/prices").json()
    today, later = announced.json()
    assert (today["valid_until"], later["valid_from"], later["valid_until"]) == (later["valid_from"], SALE, None)
    assert _told(client, "/variants/GHOST/prices", sale).status_code == 404
    backwards = sale | {"valid_until": "2119-01-01T00:00:00Z"}
    assert _told(client, "/variants/PEN/prices", backwards).status_code == 422
    assert _told(client, "/variants/PEN/prices", sale | {"valid_from": "2120-01-01T00:00:00"}).status_code == 422


@pytest.mark.parametrize(
    ("second", "pointer"),
    [
        pytest.param({"price": {"amount": -1, "currency": "EUR"}}, "/variants/1/price/amount", id="a negative price"),
        pytest.param({"price": {"amount": 1, "currency": "USD"}}, "/variants/1/price/currency", id="two currencies"),
        pytest.param({"sku": "MUG-BLUE"}, "/variants/1/sku", id="a SKU twice"),
        pytest.param({"attributes": {"colour": "blue"}}, "/variants/1/attributes", id="alike"),
    ],
)
def test_what_an_offer_breaks_a_rule_with_is_pointed_at(client: Client, second: dict[str, Any], pointer: str) -> None:
    offered = mugs(eur=1450).model_dump(mode="json")
    offered["variants"][0]["attributes"] = {"colour": "blue"}
    offered["variants"][1] |= second
    told = _told(client, "/products", offered).json()
    assert (told["code"], [flaw["pointer"] for flaw in told["errors"]]) == ("validation_failed", [pointer])


def test_what_an_offer_is_refused_for_is_pointed_at(client: Client) -> None:
    both = mugs(eur=1450).model_dump(mode="json")
    catalog.offer(pen(eur=300), key="pen")
    blue = both["variants"][0] | {"attributes": {"colour": "blue"}}
    assert _told(client, "/products", both | {"variants": [blue, both["variants"][1]]}).status_code == 200

    joined = both | {"variants": [*both["variants"], both["variants"][0] | {"sku": "PEN"}]}
    alike = both | {"variants": [both["variants"][1] | {"attributes": {"colour": "blue"}}]}
    for offer, pointer, code in (
        (joined, "/variants/2/sku", "catalog.sku_taken"),
        (alike, "/variants/0/attributes", "catalog.variants_alike"),
    ):
        told = _told(client, "/products", offer).json()
        assert (told["code"], [flaw["pointer"] for flaw in told["errors"]]) == (code, [pointer])


@pytest.mark.parametrize(
    ("price", "pointer"),
    [
        ({"price": {"amount": -1, "currency": "EUR"}}, "/price/amount"),
        ({"valid_from": "2120-01-01T00:00:00Z", "valid_until": "2120-01-01T00:00:00Z"}, "/valid_until"),
    ],
)
def test_what_a_price_breaks_a_rule_with_is_pointed_at(client: Client, price: dict[str, Any], pointer: str) -> None:
    catalog.offer(pen(eur=300), key="pen")
    told = _told(client, "/variants/PEN/prices", {"price": {"amount": 1, "currency": "EUR"}} | price).json()
    assert [flaw["pointer"] for flaw in told["errors"]] == [pointer]


SALE = "2119-12-31T23:00:00.000Z"


def _told(client: Client, path: str, body: Any = None) -> Any:
    key = f"{path}{body}".encode("ascii", "replace").decode().replace(",", ";")[:255]
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers={"Idempotency-Key": key})


def _listed(client: Client, **asked: str) -> list[dict[str, Any]]:
    products: list[dict[str, Any]] = client.get("/api/v1/products", asked).json()["data"]
    return products


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ÉMAIL", ["Mug en émail"]),
        ("mug-b tea", ["Mug en émail"]),
        ("STRASSE", ["Pen"]),
        ("pen mug", []),
        ("100%", []),
        ("_", []),
        ("  ", ["Pen", "Mug en émail"]),
    ],
)
def test_products_are_found_by_words_in_all_that_is_said_of_them(client: Client, words: str, found: list[str]) -> None:
    catalog.offer(mugs(eur=1450, name="Mug en émail"), key="mugs")
    attributes = {"made at": "Lange Straße"}
    told_apart = [pen(eur=300).variants[0].model_copy(update={"attributes": attributes})]
    catalog.offer(pen(eur=300).model_copy(update={"variants": told_apart}), key="pen")

    assert [product["name"] for product in _listed(client, q=words)] == found
    assert [product.name for product in catalog.search(words)] == found


def test_an_unknown_product_is_told_by_the_same_code_whatever_is_asked(client: Client) -> None:
    path = f"/products/{ProductId.new()}"
    for response in (
        client.get(f"/api/v1{path}"),
        _told(client, f"{path}/withdraw"),
        _told(client, f"{path}/put-back"),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "catalog.product_not_found")


@pytest.mark.parametrize(("path", "parameter"), [("/products/prd_x", "product_id"), ("/variants/hat/prices", "sku")])
def test_what_is_no_id_or_sku_is_named(client: Client, path: str, parameter: str) -> None:
    response = client.get(f"/api/v1{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.json()["errors"][0]["parameter"] == parameter


def test_products_are_shown_to_those_with_the_scope(db: None) -> None:
    _, token = issue(name="stranger", scopes=["orders:read"])
    assert Client().get("/api/v1/products").status_code == 401
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/products").status_code == 403


@pytest.mark.parametrize("count", [1, 7])
def test_a_page_takes_the_same_queries_however_long(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for n in range(count):
        price = Money(amount=100, currency="EUR")
        catalog.offer(NewProduct(name="P", variants=[NewVariant(sku=f"P-{n}", name="P", price=price)]), key=f"{n}")
    with django_assert_num_queries(3, using="catalog"):
        assert len(client.get("/api/v1/products").json()["data"]) == count
