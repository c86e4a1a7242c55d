"""The specimens, standing in a module's place for one test."""

from collections.abc import Iterator

import pytest

from tearline.testing import hosting, own_declarations
from tests.tearline.specimen import LocalShelf, Shelf


@pytest.fixture
def local_shelf() -> LocalShelf:
    return LocalShelf()


@pytest.fixture
def shelf(db: None, local_shelf: LocalShelf) -> Iterator[Shelf]:
    """The specimen facade, in whichever binding the tests run."""
    with hosting(Shelf, local_shelf) as facade:
        yield facade


@pytest.fixture
def declarations(db: None) -> Iterator[None]:
    """Handlers, tasks and sagas that the test declares are forgotten after it."""
    with own_declarations():
        yield
