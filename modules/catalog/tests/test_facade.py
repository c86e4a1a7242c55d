"""What the catalog promises to those who ask it, in either binding."""

from typing import Any

import pytest
from django.db import IntegrityError
from pydantic import ValidationError

from modules.catalog.contracts import (
    NewProduct,
    NewVariant,
    NoPriceInCurrency,
    NotForSale,
    OnSale,
    Quote,
    SkuTaken,
    VariantsAlike,
)
from modules.catalog.facade import catalog
from modules.catalog.models import Product
from modules.catalog.models import Variant as VariantRow
from modules.catalog.tests.offers import mugs, pen
from tearline.contracts import KeyReused, Money

pytestmark = pytest.mark.usefixtures("binding")


def test_what_is_offered_can_be_browsed_and_quoted() -> None:
    offered = catalog.offer(mugs(eur=1450), key="k")

    assert catalog.browse() == [offered]
    assert catalog.quote(["MUG-RED"], currency="EUR") == [
        Quote(sku="MUG-RED", name="Mug, red", unit_price=Money(amount=1450, currency="EUR"))
    ]


def test_quotes_come_in_the_order_asked() -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")
    wanted = ["PEN", "MUG-BLUE", "PEN", "MUG-RED"]
    assert [quote.sku for quote in catalog.quote(wanted, currency="EUR")] == wanted


def test_what_nobody_sells_has_no_quote() -> None:
    catalog.offer(mugs(eur=1450), key="k")
    with pytest.raises(NotForSale) as refused:
        catalog.quote(["MUG-BLUE", "GHOST"], currency="EUR")
    assert refused.value.sku == "GHOST"


def test_what_is_no_longer_sold_has_no_quote_and_is_not_browsed() -> None:
    catalog.offer(mugs(eur=1450), key="k")
    Product.objects.update(active=False)

    with pytest.raises(NotForSale):
        catalog.quote(["MUG-BLUE"], currency="EUR")
    assert catalog.browse() == []


def test_each_money_has_its_own_price() -> None:
    catalog.offer(mugs(eur=1450), key="eur")
    with pytest.raises(NoPriceInCurrency) as refused:
        catalog.quote(["MUG-BLUE"], currency="USD")
    assert refused.value.detail == "MUG-BLUE has no price in USD."
    assert catalog.browse(currency="USD") == []

    catalog.offer(mugs(usd=1590), key="usd")
    for currency, amount in (("EUR", 1450), ("USD", 1590)):
        [quote] = catalog.quote(["MUG-BLUE"], currency=currency)
        assert quote.unit_price == Money(amount=amount, currency=currency)
        [product] = catalog.browse(currency=currency)
        assert [variant.price for variant in product.variants] == [Money(amount=amount, currency=currency)] * 2


def test_offering_known_skus_brings_the_product_up_to_date() -> None:
    before = catalog.offer(mugs(eur=1450), key="before")
    after = catalog.offer(mugs(eur=1500, name="Better mug"), key="after")

    assert (after.id, after.name) == (before.id, "Better mug")
    [quote] = catalog.quote(["MUG-BLUE"], currency="EUR")
    assert quote.unit_price.amount == 1500


def test_what_an_offer_leaves_out_stays_as_it_is() -> None:
    before = catalog.offer(mugs(eur=1450), key="before")
    catalog.withdraw(OnSale(sku="MUG-RED"), key="red")
    catalog.withdraw(OnSale(product_id=before.id), key="all")
    reprice = mugs(eur=1500).model_dump(exclude={"description"})

    after = catalog.offer(NewProduct.model_validate(reprice), key="after")

    assert (after.description, after.active) == ("Holds tea.", False)
    assert [(variant.price.amount, variant.active) for variant in after.variants] == [(1500, True), (1500, False)]


def test_an_offer_may_take_the_description_away_and_decide_about_a_variant() -> None:
    before = catalog.offer(mugs(eur=1450), key="before")
    silent = mugs(eur=1450).model_copy(update={"description": ""})
    blue, red = silent.variants
    for n, active in enumerate((False, True)):
        decided = silent.model_copy(update={"variants": [blue, red.model_copy(update={"active": active})]})
        after = catalog.offer(decided, key=f"{n}")
        assert (after.id, after.description) == (before.id, "")
        assert [variant.active for variant in after.variants] == [True, active]


def test_the_same_key_offers_once() -> None:
    first, again = catalog.offer(mugs(eur=1450), key="k"), catalog.offer(mugs(eur=1450), key="k")
    assert first == again
    with pytest.raises(KeyReused):
        catalog.offer(mugs(eur=1), key="k")
    assert len(catalog.browse()) == 1


def test_an_offer_does_not_join_two_products() -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")
    both = NewProduct(name="Set", variants=[*pen(eur=1).variants, *mugs(eur=1).variants])

    with pytest.raises(SkuTaken):
        catalog.offer(both, key="both")

    [quote] = catalog.quote(["PEN"], currency="EUR")
    assert quote.unit_price.amount == 300


def test_the_newest_products_come_first_and_no_more_than_asked() -> None:
    catalog.offer(mugs(eur=1450), key="mugs")
    catalog.offer(pen(eur=300), key="pen")
    assert [product.name for product in catalog.browse()] == ["Pen", "Mug"]
    assert [product.name for product in catalog.browse(limit=1)] == ["Pen"]


def _variant(sku: str = "PEN", currency: str = "EUR") -> NewVariant:
    return NewVariant(sku=sku, name="Pen", price=Money(amount=1, currency=currency))


@pytest.mark.parametrize(
    "variants",
    [
        pytest.param([], id="nothing"),
        pytest.param([_variant(), _variant()], id="a SKU twice"),
        pytest.param([_variant("A"), _variant("B", currency="USD")], id="two currencies"),
    ],
)
def test_an_offer_must_make_sense(variants: list[NewVariant]) -> None:
    with pytest.raises(ValidationError):
        NewProduct(name="Pen", variants=variants)


@pytest.mark.parametrize("times", [1, 20])
def test_a_quote_takes_the_same_queries_however_many_skus(times: int, django_assert_num_queries: Any) -> None:
    catalog.offer(mugs(eur=1450), key="k")
    with django_assert_num_queries(2, using="catalog"):
        catalog.quote(["MUG-BLUE", "MUG-RED"] * times, currency="EUR")


def test_variants_are_told_apart_by_their_attributes() -> None:
    blue, red = mugs(eur=1450).variants
    with pytest.raises(ValidationError, match="variants differ in their attributes"):
        NewProduct(name="Mug", variants=[_mug(blue, colour="b"), _mug(red, colour="b")])
    catalog.offer(NewProduct(name="Mug", variants=[_mug(blue, colour="blue"), red]), key="one")

    with pytest.raises(VariantsAlike) as refused:
        catalog.offer(NewProduct(name="Mug", variants=[_mug(red, colour="blue")]), key="alike")
    assert {refused.value.sku, refused.value.other} == {"MUG-BLUE", "MUG-RED"}

    catalog.offer(NewProduct(name="Mug", variants=[_mug(blue, colour="red"), _mug(red, colour="blue")]), key="both")
    catalog.offer(NewProduct(name="Mug", variants=[_mug(blue, colour="blue"), _mug(red, colour="red")]), key="swapped")
    catalog.offer(mugs(eur=1500), key="as they are")
    [mug] = catalog.browse()
    assert [variant.attributes for variant in mug.variants] == [{"colour": "blue"}, {"colour": "red"}]


def test_the_database_tells_variants_apart_too() -> None:
    catalog.offer(mugs(eur=1450), key="k")
    with pytest.raises(IntegrityError):
        VariantRow.objects.update(attributes={"colour": "blue"})


def _mug(variant: NewVariant, **attributes: str) -> NewVariant:
    return variant.model_copy(update={"attributes": attributes})
