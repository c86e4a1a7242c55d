"""Whoever writes letters sees them as their readers do, and nothing of them runs."""

from tests.browser.chromium import Browser


def test_a_letter_is_shown_as_it_looks(browser: Browser) -> None:
    browser.open("/api/v1/notifications/preview")
    browser.one("a[href='preview/en/confirmation']").click()
    browser.driver.switch_to.frame(browser.one("iframe"))

    assert "Blue mug & saucer" in browser.text()
    assert browser.one("body").value_of_css_property("background-color") == "rgba(244, 244, 241, 1)"
