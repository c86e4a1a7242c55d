"""What the tests of the catalog start from: nothing on sale."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _nothing_on_sale(db: None) -> None:
    """Every test has databases of its own."""


@pytest.fixture(params=["direct", "wire"])
def binding(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Both ways in which a facade is called within one process."""
    settings.TEARLINE_FACADES = request.param
    return str(request.param)
