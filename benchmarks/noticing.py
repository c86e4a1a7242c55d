"""An event of orders, and a listener in shipping that does nothing but notice it. Needs Django to be set up."""

import threading
import time
from collections.abc import Iterable

from django.db import close_old_connections, transaction

from tearline.contracts import EventId
from tearline.events import Event, on, publish
from tearline.facades import acting_as
from tearline.testing import written_in

PATIENCE = 30.0  # seconds


class SomethingHappened(Event, topic="orders.bench_happened.v1", aggregate="stream"):
    """Of no importance."""

    stream: str


_awaited: dict[str, threading.Event] = {}
_noticed_at: dict[str, float] = {}


@on(SomethingHappened)
@written_in("shipping.handlers")
def notice(event: SomethingHappened) -> None:
    awaited = _awaited.get(event.stream)
    if awaited is not None:
        _noticed_at[event.stream] = time.perf_counter()
        awaited.set()


def publish_together(streams: Iterable[str]) -> None:
    """An event for each, in one transaction of orders."""
    with acting_as("orders"), transaction.atomic(using="orders"):
        publish(*(SomethingHappened(stream=stream) for stream in streams))


def announce() -> tuple[str, float]:
    """One event, for whoever listens anywhere: its id, and when it was committed, in seconds since the epoch."""
    event = SomethingHappened(stream=EventId.new())
    with acting_as("orders"), transaction.atomic(using="orders"):
        publish(event)
    committed = time.time()
    close_old_connections()
    return event.id, committed


def milliseconds_to_notice(stream: str) -> float:
    """From the commit of one event until its handler begins. Raises TimeoutError."""
    awaited = _awaited[stream] = threading.Event()
    publish_together([stream])
    committed = time.perf_counter()
    close_old_connections()
    if not awaited.wait(PATIENCE):
        raise TimeoutError(f"nobody has noticed {stream}")
    return (_noticed_at[stream] - committed) * 1000
