"""Carrying all durable work in the test's own thread."""

import time

from django.conf import settings

SOON = 1.0
"""Work that is due later than in so many seconds was put off on purpose, and is not waited for."""


def settle(*, timeout: float = 20.0) -> None:
    """Carry events, tasks and sagas, retries too, until nothing is due. Raises TimeoutError when it never ends."""
    # Here, as pytest loads this package before there are settings.
    from tearline.work._carriers import carriers
    from tearline.work._worker import drain

    until = time.monotonic() + timeout
    while True:
        drain()
        waits = [
            wait
            for module in settings.TEARLINE_TOPOLOGY.hosted
            for carrier in carriers
            if (wait := carrier.queue.next_due(module)) is not None and wait < SOON
        ]
        if not waits:
            return
        if time.monotonic() > until:
            raise TimeoutError("durable work goes on and on")
        time.sleep(min(waits) + 0.001)
