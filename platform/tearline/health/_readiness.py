"""All that is looked at, and how often."""

import threading
import time
from collections.abc import Callable

from tearline.health._carriers import Looks
from tearline.health._checks import Checks
from tearline.health._databases import databases
from tearline.resilience import not_asked

KEPT_FOR = 2.0  # seconds: many probes cost one look


class Readiness:
    """What the last look around has found. One thread looks, the others wait for what it finds."""

    def __init__(self, look: Callable[[], Checks], *, now: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._now = now
        self._lock = threading.Lock()
        self._found: Checks = {}
        self._good_until = 0.0

    def checks(self) -> Checks:
        """Not older than KEPT_FOR."""
        with self._lock:
            if not self._found or self._now() >= self._good_until:
                self._found = self._look()
                self._good_until = self._now() + KEPT_FOR
            return self._found


_looks = Looks()


def look_around() -> Checks:
    return databases() | _looks.carriers() | {"circuits": circuits()}


def circuits() -> dict[str, object]:
    """Targets that are not asked now, and why."""
    found = not_asked()
    return {"status": "warning", "not_asked": found} if found else {"status": "ok"}
