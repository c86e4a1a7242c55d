"""Every journey is made with facades bound both ways: as calls on values, and through JSON and back."""

import pytest
from pytest_django import Settings

from tests.journeys.shop import Shop


@pytest.fixture(params=["direct", "wire"])
def shop(request: pytest.FixtureRequest, settings: Settings, db: None, mailoutbox: list[object]) -> Shop:
    settings.TEARLINE_FACADES = request.param
    settings.PAYMENT_SIMULATED_SLOWNESS = 0.05
    return Shop()
