"""Carrying all durable work in the test's own thread."""

import time
from collections.abc import Iterator

from django.conf import settings

SOON = 1.0
"""Work that is due later than in so many seconds was put off on purpose, and is not waited for."""


def settle(*, timeout: float = 20.0) -> None:
    """Carry events, tasks and sagas, retries too, until nothing is due. Raises TimeoutError when it never ends."""
    # Here, as pytest loads this package before there are settings.
    from tearline.work._worker import drain

    until = time.monotonic() + timeout
    while waits := dict(_waits()):
        if time.monotonic() > until:
            raise TimeoutError("durable work goes on and on")
        # To look is cheaper than to claim in vain, so only where something is due.
        if not drain(module for module, wait in waits.items() if wait == 0):
            time.sleep(min(waits.values()) + 0.001)


def _waits() -> Iterator[tuple[str, float]]:
    """Each module that has something due soon, and in how many seconds."""
    from tearline.work._glances import glances

    for module in settings.TEARLINE_TOPOLOGY.hosted:
        due = [glance.next_due for glance in glances(module)]
        soon = [wait for wait in due if wait is not None and wait < SOON]
        if soon:
            yield module, min(soon)
