"""Somebody orders something on the page, and sees what becomes of it."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.chromium import Browser
from tests.browser.shop import Shop
from tests.processes import eventually

PAID = ["placed", "reserve stock done", "authorize payment done", "capture payment done", "confirmed", "parcel ready"]


def order(browser: Browser, *, sku: str = "MUG-BLUE", quantity: int = 1, card: str = "pm_card_ok") -> None:
    browser.open("/")
    Select(browser.one("#id_sku")).select_by_value(sku)
    browser.one("#id_quantity").clear()
    browser.one("#id_quantity").send_keys(str(quantity))
    browser.one(f'input[value="{card}"]').click()
    browser.one("form button").click()
    browser.one("#order")


def status(browser: Browser) -> list[str]:
    return browser.words("h1 .status")


def told(browser: Browser) -> list[str]:
    return [what.lower() for what in browser.words(".timeline .what")]


@pytest.mark.parametrize("card", ["pm_card_ok", "pm_card_slow", "pm_card_lost_answer", "pm_card_flaky"])
def test_an_order_is_seen_going_through_without_reloading(browser: Browser, card: str) -> None:
    order(browser, card=card)
    browser.run("window.stayed = true")
    browser.wait_for("That is all.")
    assert browser.run("return window.stayed") is True
    assert status(browser) == ["confirmed"]
    assert browser.driver.title == "Order confirmed · Tearline"
    assert [what for what in told(browser) if what in PAID] == PAID
    assert {"confirmation letter sent", "shipment letter sent"} <= set(told(browser))


def test_what_happens_is_shown_while_it_happens(browser: Browser) -> None:
    order(browser, card="pm_card_slow")
    assert status(browser) == ["pending"]
    browser.wait_for("authorize payment started")
    assert "more to come" in told(browser)
    assert browser.words("#latest") == ["Order pending: authorize payment started"]
    browser.wait_for("parcel ready")
    assert "authorize payment started" not in told(browser)


def test_nothing_is_replaced_while_nothing_is_new(browser: Browser) -> None:
    """Whoever marks the order's number to copy it keeps the mark."""
    order(browser, card="pm_card_slow")
    browser.wait_for("authorize payment started")
    browser.run("getSelection().selectAllChildren(document.querySelector('.id'))")
    assert polls(browser, at_least=3)
    assert [browser.run("return getSelection().toString().trim()")] == browser.words(".id")
    browser.wait_for("That is all.")


def polls(browser: Browser, *, at_least: int) -> int:
    """How often htmx has asked for news by the time that it has asked so often."""
    asked: list[str] = []

    def so_far() -> int:
        asked.extend(url for url in browser.asked_for() if "?seen=" in url)
        return len(asked) if len(asked) >= at_least else 0

    return eventually(so_far, f"{at_least} polls")


def test_a_declined_card_is_explained_and_the_stock_is_back(browser: Browser, shop: Shop) -> None:
    before = shop.get("/stock/MUG-RED")
    order(browser, sku="MUG-RED", quantity=5, card="pm_card_declined")
    browser.wait_for("That is all.")
    assert status(browser) == ["cancelled"]
    assert "was declined: card_declined" in browser.one(".notice").text
    assert told(browser) == [
        "placed",
        "reserve stock done",
        "authorize payment refused",
        "release stock done",
        "cancelled",
        "cancellation letter sent",
    ]
    assert shop.get("/stock/MUG-RED") == before


def test_more_than_there_is_cannot_be_had(browser: Browser) -> None:
    order(browser, sku="MUG-GOLD", quantity=4)
    browser.wait_for("cancelled")
    assert "MUG-GOLD" in browser.one(".notice").text


def test_the_last_orders_can_be_opened_again(browser: Browser) -> None:
    order(browser)
    [placed] = browser.words(".id")
    browser.one(".again").click()
    assert browser.one(".recent a").text == placed
    browser.one(".recent a").click()
    browser.one("#order")
    assert browser.words(".id") == [placed]


def test_a_form_that_makes_no_sense_says_so_at_the_field(browser: Browser) -> None:
    browser.open("/")
    browser.run("document.querySelector('form').noValidate = true")
    browser.one("#id_quantity").clear()
    browser.one("#id_quantity").send_keys("0")
    browser.one("form button").click()
    browser.wait_for("greater than or equal to 1")
    field = browser.one("#id_quantity")
    assert field.get_attribute("aria-invalid") == "true"
    assert "greater than or equal to 1" in browser.one(f"#{field.get_attribute('aria-describedby')}").text
    assert browser.words("h1 .status") == []
    assert [complaint for complaint in browser.complaints() if "422" not in complaint] == []


def test_an_order_goes_through_without_scripts(plain_browser: Browser) -> None:
    order(plain_browser, card="pm_card_slow")
    plain_browser.wait_for("That is all.")
    assert status(plain_browser) == ["confirmed"]
    assert not [url for url in plain_browser.asked_for() if "?seen=" in url]


def test_an_order_goes_through_by_keyboard_alone(browser: Browser) -> None:
    browser.open("/")
    reached = [press(browser, Keys.TAB) for _ in range(5)]
    assert reached == ["Skip to the content", "Tearline", "API", "Health", "Product"]
    press(browser, "Enamel mug, red")
    assert press(browser, Keys.TAB) == "How many"
    press(browser, "2")
    assert press(browser, Keys.TAB).startswith("Pays. pm_card_ok")
    assert press(browser, Keys.ARROW_DOWN).startswith("Is declined.")
    assert press(browser, Keys.TAB) == "Place the order"
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    browser.wait_for("That is all.")
    assert status(browser) == ["cancelled"]
    assert "Enamel mug, red" in browser.text()


def press(browser: Browser, keys: str) -> str:
    """The name of what has the focus then. It must be plain to see which that is."""
    browser.driver.switch_to.active_element.send_keys(keys)
    focused = browser.driver.switch_to.active_element
    assert focused.value_of_css_property("outline-style") == "solid", focused.accessible_name
    return focused.accessible_name
