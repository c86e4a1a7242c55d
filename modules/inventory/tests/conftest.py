"""Every test here starts with empty shelves and ends with a ledger that adds up to the levels."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from modules.inventory.tests.ledger import drift


@pytest.fixture(autouse=True)
def _balanced(db: None) -> Iterator[None]:
    yield
    assert drift() == {}


@pytest.fixture(params=["direct", "wire"])
def binding(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Both ways in which a facade is called within one process."""
    settings.TEARLINE_FACADES = request.param
    return str(request.param)
