"""One shop, and a browser that is as good as new for each test, and afterwards has nothing to complain of."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Browser, browsing
from tests.browser.shop import Shop, open_shop


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests in this folder need a browser, so that `make test` leaves them to `make browser`."""
    item.add_marker("browser")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("var")) as shop:
        yield shop


@pytest.fixture(scope="session")
def chromium(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(shop.url, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="session")
def chromium_without_scripts(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(shop.url, tmp_path_factory.mktemp("profile"), scripts=False) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    yield from _used_once(chromium)


@pytest.fixture
def plain_browser(chromium_without_scripts: Browser) -> Iterator[Browser]:
    """One that runs no scripts."""
    yield from _used_once(chromium_without_scripts)


def _used_once(browser: Browser) -> Iterator[Browser]:
    browser.forget()
    yield browser
    assert (browser.complaints(), browser.strayed()) == ([], [])
