"""What rows say of the work and the read models, at the moment when Prometheus asks: true of all processes, whichever
one is asked.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.conf import settings
from django.db import connections
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tearline.projections import Standing as ProjectionStanding
from tearline.projections import projections, standing
from tearline.work._status import Standing, standings

T = TypeVar("T")

KEPT_FOR = 2.0
"""Seconds: many who ask cost one look."""

logger = logging.getLogger(__name__)

_QUEUE = ["module", "queue"]
_PROJECTION = ["module", "projection"]


class StandingWork(Collector):
    """The durable work and the read models of every module hosted here. One thread looks, others wait for it."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._found: list[Metric] = []
        self._good_until = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nobody looks into a database in order to register this."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Not older than KEPT_FOR."""
        with self._lock:
            if not self._found or self._now() >= self._good_until:
                self._found = look_around()
                self._good_until = self._now() + KEPT_FOR
            found = self._found
        yield from found


def look_around() -> list[Metric]:
    """A database that does not answer has no standing, and is told to be down."""
    up = GaugeMetricFamily("tearline_database_up", "Whether the module's database answers.", labels=["module"])
    gauges = {name: GaugeMetricFamily(f"tearline_queue_{name}", what, labels=_QUEUE) for name, what in _TOLD.items()}
    late = {
        name: GaugeMetricFamily(f"tearline_projection_{name}", what, labels=_PROJECTION)
        for name, what in _TOLD_OF_PROJECTIONS.items()
    }
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        found = _asked(module, _standings)
        up.add_metric([module], float(found is not None))
        for queue in found or ():
            for name, gauge in gauges.items():
                gauge.add_metric([module, queue.kind], getattr(queue, name.removesuffix("_seconds")))
        for read_model in _asked(module, _projections) or ():
            for name, gauge in late.items():
                gauge.add_metric([module, read_model.name], getattr(read_model, name.removesuffix("_seconds")))
    return [up, *gauges.values(), *late.values()]


_TOLD = {
    "due": "Rows that want to be worked on now.",
    "later": "Rows that wait for their time, or are being worked on.",
    "parked": "Rows that nobody will touch until an operator does.",
    "lag_seconds": "For how long the oldest due row has been due.",
    "age_seconds": "The age of the oldest row that is neither finished nor parked.",
}


_TOLD_OF_PROJECTIONS = {
    "waiting": "Events that the read model does not know yet.",
    "lag_seconds": "For how long the oldest of them has been announced.",
}


def _asked(module: str, look: Callable[[str], list[T]]) -> list[T] | None:
    """None when the module's database does not answer."""
    try:
        return look(module)
    except Exception as error:  # noqa: BLE001 - whatever keeps a database from answering, it does not answer
        logger.warning("the database of %s cannot be asked how its work stands: %s", module, error)
        connections[module].close()
        return None


def _standings(module: str) -> list[Standing]:
    return list(standings(module))


def _projections(module: str) -> list[ProjectionStanding]:
    return [standing(projection) for projection in projections.values() if projection.module == module]
