"""Everybody can read and use the page: by any means, on any screen, in any light."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.browser.chromium import Browser
from tests.browser.contrast import faint

EDGE = 3.0  # WCAG 2.2, 1.4.11: what shows that a field is there


# The page of an order in each state: the card that leads there, and the words by which one knows.
ORDERS = {
    "pending": ("pm_card_slow", "more to come"),
    "confirmed": ("pm_card_ok", "That is all."),
    "cancelled": ("pm_card_declined", "That is all."),
}
PAGES = pytest.mark.parametrize("which", ["home", *ORDERS])


def page(browser: Browser, which: str) -> None:
    """The page at /, or that of an order in this state."""
    browser.open("/")
    if which in ORDERS:
        card, words = ORDERS[which]
        browser.one(f'input[value="{card}"]').click()
        browser.one("form button").click()
        browser.wait_for(words)


@PAGES
def test_a_screen_reader_finds_its_way(browser: Browser, which: str) -> None:
    page(browser, which)
    assert browser.run("return document.documentElement.lang") == "en"
    assert "Tearline" in browser.driver.title
    assert [len(browser.all(landmark)) for landmark in ("header", "main", "nav[aria-label]")] == [1, 1, 1]
    levels = [int(heading.tag_name[1]) for heading in browser.all("h1, h2, h3, h4")]
    assert levels.count(1) == 1
    assert list(skipped([0, *levels])) == []
    assert nameless(browser) == []
    assert browser.run("return [...document.images].filter(image => !image.hasAttribute('alt')).length") == 0


def skipped(levels: list[int]) -> Iterator[tuple[int, int]]:
    """Where a heading is more than one level below the one before."""
    return ((above, below) for above, below in pairwise(levels) if below > above + 1)


def nameless(browser: Browser) -> list[str]:
    """What can be used and has no name that could be read out, or shares its id."""
    usable = browser.all("a[href], button, select, input:not([type=hidden])")
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(element => element.id)")
    unnamed = [str(element.get_attribute("outerHTML")) for element in usable if not element.accessible_name.strip()]
    return unnamed + [one for one in set(ids) if ids.count(one) > 1]


def test_a_field_without_a_label_is_noticed(browser: Browser) -> None:
    browser.open("/")
    browser.run("document.querySelector('label[for=id_sku]').remove()")
    assert len(nameless(browser)) == 1
    assert list(skipped([0, 1, 3])) == [(1, 3)]


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(browser: Browser, which: str, scheme: str) -> None:
    browser.prefer(scheme)
    page(browser, which)
    assert browser.run("return matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
    assert faint(browser) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_stand_out_too(browser: Browser, scheme: str) -> None:
    browser.prefer(scheme)
    browser.open("/")
    assert faint(browser, selector="select, input[type=number]", color="borderTopColor", least=EDGE) == []


def test_faint_words_are_noticed(browser: Browser) -> None:
    browser.open("/")
    browser.run("document.querySelector('h2').style.color = '#aaa'")
    assert [what.split(":")[0] for what in faint(browser)] == ["Order something"]


@PAGES
def test_on_a_small_phone_nothing_needs_sideways_scrolling(browser: Browser, which: str) -> None:
    browser.narrow()
    page(browser, which)
    assert browser.run("return innerWidth") == 360
    assert too_wide(browser) == []


def too_wide(browser: Browser) -> list[str]:
    """What reaches beyond the right edge of the screen."""
    return list(
        browser.run("""
            return [...document.querySelectorAll('body *')]
                .filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
                .map(element => element.outerHTML.slice(0, 100))
        """)
    )


def test_what_is_too_wide_is_noticed(browser: Browser) -> None:
    browser.narrow()
    browser.open("/")
    browser.run("document.querySelector('h1').style.width = '400px'")
    assert [what.partition(">")[0] for what in too_wide(browser)] == ['<h1 style="width: 400px;"']


def test_whatever_moves_stands_still_for_those_who_ask_for_it(browser: Browser) -> None:
    feature = {"name": "prefers-reduced-motion", "value": "reduce"}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    page(browser, "pending")
    assert browser.run("return getComputedStyle(document.querySelector('.next'), '::before').animationName") == "none"


def test_a_script_from_elsewhere_is_stopped_and_noticed(browser: Browser) -> None:
    browser.open("/")
    browser.run("""
        const script = document.createElement('script')
        script.src = 'http://elsewhere.example/script.js'
        document.head.append(script)
    """)
    assert browser.strayed() == ["http://elsewhere.example/script.js"]
    assert any("Content Security Policy" in complaint for complaint in browser.complaints())


def test_a_request_to_elsewhere_is_noticed(browser: Browser) -> None:
    """From a page without rules, which none of ours is."""
    browser.driver.get("data:text/html,<title>Anybody's page</title>")
    browser.run("return fetch('http://elsewhere.example/').catch(() => null)")
    assert browser.strayed() == ["http://elsewhere.example/"]
    assert any("ERR_NAME_NOT_RESOLVED" in complaint for complaint in browser.complaints())
