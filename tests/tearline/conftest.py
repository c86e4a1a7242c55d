"""The specimens, standing in a module's place for one test; and what they say to PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import ClientCursor, Connection
from pytest_django import Settings

from tearline.databases import _residence
from tearline.resilience._breaker import Breaker
from tearline.testing import hosting, own_declarations
from tests.tearline import breakers
from tests.tearline.specimen import LocalShelf, Shelf
from tests.tearline.ticking import Ticking


@pytest.fixture(params=["direct", "wire", "http"])
def binding(request: pytest.FixtureRequest, db: None, settings: Settings) -> str:
    """How the facade is called: all ways in turn."""
    chosen: str = request.param
    settings.TEARLINE_FACADES = chosen
    if chosen == "http":
        request.getfixturevalue("facades_over_http")
    return chosen


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


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to PostgreSQL, a message each: by cursors, and by connections themselves."""
    monkeypatch.setattr(_residence.Residence, "look", lambda _self, _place: None)  # each half second, so at times
    messages: list[str] = []
    execute, command = ClientCursor._execute_send, Connection._exec_command

    def send_statement(self: Any, query: Any, **told: Any) -> None:
        messages.append(query.query.decode())
        execute(self, query, **told)

    def send_command(self: Any, statement: Any, **told: Any) -> Any:
        messages.append(str(statement))
        return command(self, statement, **told)

    monkeypatch.setattr(ClientCursor, "_execute_send", send_statement)
    monkeypatch.setattr(Connection, "_exec_command", send_command)
    return messages


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def breaker(clock: Ticking) -> Breaker:
    """A circuit breaker that goes by `clock`."""
    return breakers.ours(clock)
