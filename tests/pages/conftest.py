"""Samples declare what modules declare, for one test."""

from collections.abc import Iterator

import pytest

from tearline.testing import own_declarations


@pytest.fixture
def declarations(db: None) -> Iterator[None]:
    """Listeners, tasks and projections that a sample declares are forgotten after the test."""
    with own_declarations():
        yield
