"""`manage.py demo` fills an empty shop, and may be called again."""

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from modules.catalog.facade import catalog
from modules.inventory.facade import inventory
from tearline.api.keys import carrier_of, development_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_development(settings: Settings) -> None:
    settings.DEBUG = True


def demo() -> str:
    told = io.StringIO()
    call_command("demo", stdout=told)
    return told.getvalue()


def everything() -> object:
    """What is on sale in either money, and what is on the shelf of it."""
    products = [catalog.browse(currency=currency) for currency in ("EUR", "USD")]
    skus = [variant.sku for product in products[0] for variant in product.variants]
    return products, inventory.levels(skus)


def test_the_demo_has_something_to_sell_in_two_currencies() -> None:
    demo()

    euros, dollars = (catalog.browse(currency=currency) for currency in ("EUR", "USD"))
    skus = [variant.sku for product in euros for variant in product.variants]
    assert len(euros) == 5
    assert [variant.sku for product in dollars for variant in product.variants] == skus
    assert all(level.available > 0 for level in inventory.levels(skus))
    [mug] = inventory.levels(["MUG-BLUE"])
    assert mug.available >= 100, "the example in the README orders this one"


def test_the_demo_says_what_it_did_in_one_line() -> None:
    assert demo() == "demo: 5 products on sale, 9003 pieces on the shelf, a development key to come in with\n"


def test_repeating_the_demo_adds_nothing() -> None:
    demo()
    before = everything()
    demo()
    assert everything() == before


def test_the_demo_makes_a_key_that_opens_everything() -> None:
    demo()
    principal = carrier_of(development_key())
    assert principal is not None
    assert principal.may("orders:write")


def test_there_is_no_demo_without_debug(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG alone"):
        demo()
    assert catalog.browse() == []
