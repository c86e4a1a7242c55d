"""How many more questions tries add to what is asked anyway. A first try is never held back by it."""

import threading
import time
from collections.abc import Callable

KEPT = 10.0
"""Tries that are saved up at most: what is left of a quiet hour is not spent in one bad second."""


class RetryBudget:
    """A share of the calls, and so many a second besides, for those who call rarely."""

    def __init__(self, *, share: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._share, self._per_second, self._clock = share, per_second, clock
        self._lock = threading.Lock()
        self._left, self._at = per_second, clock()

    def earn(self) -> None:
        """A call was begun."""
        with self._lock:
            self._left += self._share

    def spend(self) -> bool:
        """Whether one more try may be made. It counts as made."""
        with self._lock:
            now = self._clock()
            self._left, self._at = min(self._left + (now - self._at) * self._per_second, KEPT), now
            if self._left < 1.0:
                return False
            self._left -= 1.0
            return True
