"""Rings from a thread of its own, so that no commit waits for Redis or fails because of it."""

import logging
import os
import threading
import time
from collections.abc import Callable

GAP = 0.01
"""Seconds within which rings for one module become one. What is due in a moment is due for all who have rung."""

PAUSE = 1.0
"""Seconds until the next try when a ring did not get through."""

logger = logging.getLogger(__name__)


class Bell:
    """Tells other processes that a module has due work.

    The first ring for a module goes out at once. Those that follow within GAP are one ring at its end: never none, as
    each may be for a row that whoever heard the first one did not see any more.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        """`send` is called with the name of a module, by one thread at a time. It may take long, and may fail."""
        self._send = send
        self._gets_through = True
        self._start_anew()
        os.register_at_fork(after_in_child=self._start_anew)

    def _start_anew(self) -> None:
        """A forked process has neither the thread nor, for sure, the lock."""
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._sending = False

    def ring(self, module: str, *, after: float = 0.0) -> None:
        """Have it sent, in so many seconds. Returns at once, whatever becomes of it."""
        with self._changed:
            when = max(time.monotonic() + after, self._not_before.get(module, 0.0))
            self._wanted[module] = min(when, self._wanted.get(module, when))
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_ringing, name="bell", daemon=True)
                self._thread.start()

    def flush(self, timeout: float) -> bool:
        """Send at once all that is still to be sent. Whether that was done within `timeout` seconds."""
        with self._changed:
            self._wanted = dict.fromkeys(self._wanted, 0.0)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._wanted and not self._sending, timeout)

    def _keep_ringing(self) -> None:
        while True:
            module = self._next()
            try:
                self._send(module)
            except Exception as error:  # noqa: BLE001 - whatever it is, the work is not lost by it
                self._unheard(module, error)
            else:
                self._heard()

    def _next(self) -> str:
        """Wait for the time of the next ring."""
        with self._changed:
            while True:
                module = min(self._wanted, key=self._wanted.__getitem__, default=None)
                wait = self._wanted[module] - time.monotonic() if module else None
                if module and wait is not None and wait <= 0:
                    del self._wanted[module]
                    self._not_before[module] = time.monotonic() + GAP
                    self._sending = True
                    return module
                self._changed.wait(wait)

    def _heard(self) -> None:
        if not self._gets_through:
            logger.info("wake-ups get through again")
        self._gets_through = True
        self._sent()

    def _unheard(self, module: str, error: Exception) -> None:
        """Say so once, not for every ring, and try again later: a ring for a row of long ago still does no harm."""
        if self._gets_through:
            logger.warning("no wake-up gets through, work is found by looking for it: %s", error)
        self._gets_through = False
        with self._changed:
            self._wanted[module] = self._not_before[module] = time.monotonic() + PAUSE
        self._sent()

    def _sent(self) -> None:
        with self._changed:
            self._sending = False
            self._changed.notify_all()
