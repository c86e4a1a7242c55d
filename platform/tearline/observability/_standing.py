"""What rows say, at the moment when somebody asks: true of all processes, whichever one is asked."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from tearline.work._status import Standing

KEPT_FOR = 2.0
"""Seconds: many who ask cost one look."""

logger = logging.getLogger(__name__)

_QUEUE = ["module", "queue"]


class StandingWork(Collector):
    """The durable work of every module hosted here. One thread looks, others wait for what it finds."""

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
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        found = _standings(module)
        up.add_metric([module], float(found is not None))
        for standing in found or ():
            for name, gauge in gauges.items():
                gauge.add_metric([module, standing.kind], getattr(standing, name.removesuffix("_seconds")))
    return [up, *gauges.values()]


_TOLD = {
    "due": "Rows that want to be worked on now.",
    "later": "Rows that wait for their time, or are being worked on.",
    "parked": "Rows that nobody will touch until an operator does.",
    "lag_seconds": "For how long the oldest due row has been due.",
    "age_seconds": "The age of the oldest row that is neither finished nor parked.",
}


def _standings(module: str) -> "list[Standing] | None":
    """None when the module's database does not answer."""
    from tearline.work._status import standings  # here, as it needs the app registry

    try:
        return list(standings(module))
    except Exception as error:  # noqa: BLE001 - whatever keeps a database from answering, it does not answer
        logger.warning("the database of %s cannot be asked how its work stands: %s", module, error)
        connections[module].close()
        return None
