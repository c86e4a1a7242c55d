"""A bounded number of places."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Literal

from tearline.resilience._deadlines import RESERVE, remaining
from tearline.resilience._unanswered import NotAsked


class Bulkhead:
    """Lets so many through at a time, so that one slow target does not get hold of every thread there is."""

    def __init__(self, target: str, places: int, *, full: Literal["callers full", "connections full"]) -> None:
        self._target, self._full = target, full
        self._places = threading.BoundedSemaphore(places)

    @contextlib.contextmanager
    def place(self, *, patience: float) -> Iterator[None]:
        """Wait so many seconds for one, and not beyond the deadline. Raises NotAsked when there is none."""
        if not (self._places.acquire(blocking=False) or self._waited(patience)):
            raise NotAsked(self._target, self._full, retry_after=1.0)
        try:
            yield
        finally:
            self._places.release()

    def _waited(self, patience: float) -> bool:
        left = remaining()
        wait = patience if left is None else min(patience, left - RESERVE)
        return wait > 0 and self._places.acquire(timeout=wait)
