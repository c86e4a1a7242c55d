"""What a call to another process costs more than one within: measured here and now, by the real client and server."""

import contextlib
import logging
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from django.conf import settings
from django.test import override_settings

from tearline.acting import acting_as
from tearline.facades import query
from tearline.resilience.clients import clients
from tearline.testing._serving import served, with_us_at
from tearline.testing._standing_in import hosting, written_in

CALLS = 40
WARM_UP = 5
GAP = 0.02
"""Seconds between two calls, as between those of an order. One right after the other finds everything awake: where a
machine has much to do, that is many times faster than what an order meets.
"""
CALLER = "probe"
PATIENT: dict[str, float] = {"total": 60, "attempt": 30, "slow": 30, "window": 60}
"""The first call loads what the others have: on a busy machine that takes seconds."""
QUESTION = ["MUG-BLUE", "MUG-GOLD"]
"""Of the size of what modules ask."""


def measured_ms(module: str) -> float:
    """The median of CALLS over HTTP on this machine, less that of direct ones. Raises Unavailable.

    Nothing of the module's is asked: a facade that answers what it is asked stands in the place of its own. Deadline,
    bulkheads, circuit, token and JSON both ways are those of every call; the server is one of this process.
    """

    @written_in(f"{module}.facade")
    class Probe(Protocol):
        @query
        def echo(self, skus: list[str]) -> list[str]: ...

    class LocalProbe(Probe):
        def echo(self, skus: list[str]) -> list[str]:
            return skus

    with hosting(Probe, LocalProbe()) as probe, acting_as(CALLER):
        with override_settings(TEARLINE_FACADES="direct"):
            direct = _median_ms(lambda: probe.echo(QUESTION))
        with _unlogged(), served() as url, _asking_at(url, module):
            return round(_median_ms(lambda: probe.echo(QUESTION)) - direct, 3)


@contextlib.contextmanager
def _asking_at(url: str, module: str) -> Iterator[None]:
    with override_settings(
        TEARLINE_FACADES="http",
        TEARLINE_TOPOLOGY=with_us_at(url, settings.TEARLINE_TOPOLOGY),
        TEARLINE_ALLOWED_CALLS={CALLER: [module]},
        TEARLINE_POLICIES={**settings.TEARLINE_POLICIES, module: PATIENT},
        TEARLINE_SERVICE_KEYS=settings.TEARLINE_SERVICE_KEYS or [secrets.token_hex(32)],
        ALLOWED_HOSTS=["127.0.0.1"],
    ):
        try:
            yield
        finally:
            clients.close()


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """No line for each request."""
    requests = logging.getLogger("tearline.requests")
    level = requests.level
    requests.setLevel(logging.WARNING)
    try:
        yield
    finally:
        requests.setLevel(level)


def _median_ms(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(WARM_UP + CALLS):
        time.sleep(GAP)
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[WARM_UP:])
