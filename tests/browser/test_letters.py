"""Whoever writes letters sees them as their readers do: what the browser kept out of them would be a complaint."""

import json

from tests.browser.chromium import Browser


def test_a_letter_is_shown_with_its_styles(browser: Browser) -> None:
    browser.open("/api/v1/notifications/preview")
    browser.one("a[href='preview/en/confirmation']").click()
    browser.one("iframe")

    with_frames = {"depth": -1, "pierce": True}
    assert "Blue mug & saucer" in json.dumps(browser.driver.execute_cdp_cmd("DOM.getDocument", with_frames))
