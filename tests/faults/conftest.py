"""One nursery for all tests: warming it up takes a second."""

from collections.abc import Iterator

import pytest

from tests.faults.nursery import Nursery, opened


@pytest.fixture(scope="session")
def nursery(django_db_setup: None) -> Iterator[Nursery]:
    """Starts fresh processes on the databases of this session."""
    with opened() as nursery:
        yield nursery
