"""One answer out of several: who is waited for, and what becomes of those who do not answer."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from tearline.contracts import Refusal, Unavailable
from tearline.facades import acting_as, caller
from tearline.gateway import Part, _aggregation, gather
from tearline.gateway._aggregation import SHARE
from tearline.resilience import deadline, remaining

pytestmark = pytest.mark.usefixtures("db")  # the threads that ask are kept, and so are their connections


class Forbidden(Refusal, says="No.", status=403, code="aggregation.forbidden"):
    """What a part may say."""


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Closed until a test opens it, and open when it is over."""
    gate = threading.Event()
    yield gate
    gate.set()


def failing(error: Exception) -> Callable[[], Any]:
    def ask() -> Any:
        raise error

    return ask


def test_parts_answer_by_their_names() -> None:
    found = gather({"one": Part(lambda: 1, required=True), "none": Part(lambda: None)}, within=10)
    assert (found.answers, found.incomplete) == ({"one": 1, "none": None}, [])


def test_parts_are_asked_beside_each_other() -> None:
    together = threading.Barrier(3)
    parts = {str(number): Part(lambda: together.wait(10) >= 0) for number in range(3)}
    assert gather(parts, within=10).answers == {"0": True, "1": True, "2": True}


def test_a_part_that_does_not_answer_in_time_is_missed_and_the_others_are_there(gate: threading.Event) -> None:
    found = gather({"slow": Part(lambda: gate.wait(10)), "quick": Part(lambda: 1)}, within=1)
    assert (found.answers, found.incomplete) == ({"slow": None, "quick": 1}, ["slow"])


@pytest.mark.parametrize(
    ("error", "level"), [(Unavailable("the till is away"), logging.WARNING), (KeyError("a bug"), logging.ERROR)]
)
def test_a_part_that_fails_is_missed_and_told_to_whoever_watches(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    found = gather({"broken": Part(failing(error)), "quick": Part(lambda: 1)}, within=10)
    assert (found.answers, found.incomplete) == ({"broken": None, "quick": 1}, ["broken"])
    assert [(record.levelno, record.args and "broken" in record.getMessage()) for record in caplog.records] == [
        (level, True)
    ]


def test_without_a_required_part_there_is_no_answer(gate: threading.Event) -> None:
    with pytest.raises(Unavailable, match="order did not answer in time"):
        gather({"order": Part(lambda: gate.wait(10), required=True), "quick": Part(lambda: 1)}, within=0.05)
    with pytest.raises(KeyError):
        gather({"order": Part(failing(KeyError()), required=True)}, within=10)


def test_nobody_waits_for_the_rest_when_a_required_part_refuses(gate: threading.Event) -> None:
    waited: list[bool] = []
    slow, order = Part(lambda: waited.append(gate.wait(5))), Part(failing(Forbidden()), required=True)
    with pytest.raises(Forbidden):
        gather({"slow": slow, "order": order}, within=3600)
    assert waited == []


def test_what_an_optional_part_refuses_is_refused() -> None:
    with pytest.raises(Forbidden):
        gather({"order": Part(lambda: 1, required=True), "part": Part(failing(Forbidden()))}, within=10)


def test_parts_have_their_share_of_the_time() -> None:
    left = gather({"left": Part(remaining)}, within=100).answers["left"]
    assert 100 * SHARE - 5 < left <= 100 * SHARE


def test_parts_have_their_share_of_what_is_left_when_that_is_less() -> None:
    with deadline(50):
        left = gather({"left": Part(remaining)}, within=100).answers["left"]
    assert 50 * SHARE - 5 < left <= 50 * SHARE


def test_parts_are_asked_in_the_name_of_whoever_gathers() -> None:
    with acting_as("overview"):
        assert gather({"who": Part(caller)}, within=10).answers == {"who": "overview"}


def test_threads_that_ask_keep_no_connection_that_others_want() -> None:
    seen: list[Any] = []

    def ask() -> None:
        connections["orders"].ensure_connection()
        seen.append(connections["orders"])

    gather({"ask": Part(ask)}, within=10)
    kept = connections["orders"].settings_dict["CONN_MAX_AGE"] is None  # SQLite's are nobody else's
    assert [connection.connection is not None for connection in seen] == [kept]


def test_so_many_are_asked_at_once_and_who_does_not_get_to_it_is_not_asked_late(
    monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    asked: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(_aggregation, "_pool", lambda: pool)
        first = gather({"slow": Part(lambda: gate.wait(10)), "late": Part(lambda: asked.append(1))}, within=0.05)
        gate.set()
        assert gather({"next": Part(lambda: 1)}, within=10).answers == {"next": 1}
    assert (first.incomplete, asked) == (["slow", "late"], [])
