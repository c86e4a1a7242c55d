"""The interactive documentation works as it stands, with nothing but what the server printed."""

import json

import pytest
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chromium import Browser
from tests.browser.shop import Shop
from tests.processes import eventually

PLACE = "#operations-orders-orders_place_order"
PRODUCTS = "#operations-catalog-catalog_list_products"


@pytest.fixture
def docs(browser: Browser, shop: Shop) -> Browser:
    """The documentation, with the printed key entered."""
    browser.open("/api/v1/docs")
    browser.one(".btn.authorize").click()
    browser.one("#auth-bearer-value").send_keys(shop.key)
    browser.one("[aria-label='Apply credentials']").click()
    browser.one(".btn-done").click()
    return browser


def try_out(docs: Browser, operation: str) -> None:
    reach(docs, f"{operation} .opblock-summary-control").click()
    reach(docs, f"{operation} .try-out__btn").click()


def execute(docs: Browser, operation: str) -> tuple[str, str]:
    """The status and the body of the answer."""
    reach(docs, f"{operation} .execute").click()
    answer = f"{operation} .live-responses-table .response"
    status = docs.one(f"{answer} .response-col_status").text
    body = docs.words(f"{answer} .microlight")[0]
    return status, body


def reach(docs: Browser, selector: str) -> WebElement:
    """The element, once it is where one can press it."""
    element = docs.one(selector)
    docs.run("arguments[0].scrollIntoView({block: 'center'})", element)
    eventually(element.is_displayed, f"{selector} can be seen")
    return element


def test_what_is_for_sale_can_be_read(docs: Browser) -> None:
    try_out(docs, PRODUCTS)
    status, body = execute(docs, PRODUCTS)
    assert status == "200"
    assert "MUG-BLUE" in body


def test_the_order_in_the_documentation_can_be_placed_as_it_stands(docs: Browser, shop: Shop) -> None:
    try_out(docs, PLACE)
    reach(docs, f"{PLACE} [data-param-name='Idempotency-Key'] input").send_keys("from-the-documentation")
    reach(docs, f"{PLACE} [data-param-name='Prefer'] input").send_keys("wait=10")
    status, body = execute(docs, PLACE)
    assert status == "201"
    assert shop.get(f"/orders/{json.loads(body)['id']}")["status"] == "confirmed"
