"""Wakes whoever can work when a commit left work behind. A hint only: the sweep finds what no bell rang for."""

import heapq
import threading
import time
from functools import partial
from typing import Protocol

from django.db import transaction

from tearline.crash_points import reached

TICK = 0.002
"""Seconds: more than by what SQLite rounds."""

SAME = 0.002
"""Seconds within which a later ring does as well."""

Place = tuple[str, str]
"""A kind of work, and the module whose it is."""


class FarBell(Protocol):
    """Wakes other processes."""

    def ring(self, module: str, *, after: float = 0.0) -> None:
        """For all work of the module, in so many seconds. Returns at once, and raises nothing."""
        ...

    def flush(self, timeout: float) -> bool:
        """Wait until every ring is out, at most `timeout` seconds. Whether they are."""
        ...


class Doorbell:
    """Where there is something to look at, now or soon. `far`: rings along with it in other processes, if any."""

    def __init__(self) -> None:
        self.far: FarBell | None = None
        self._changed = threading.Condition()
        self._rung: dict[Place, list[float]] = {}
        """At which moments it makes sense to look there, a heap of them; places in the order of the rings."""

    def ring(self, kind: str, module: str, *, after: float = 0.0) -> None:
        """Here and far away, in so many seconds."""
        reached("doorbell.ring")
        self.ring_after(after, kind, module)
        if self.far is not None:
            self.far.ring(module, after=after)

    def ring_after(self, seconds: float, kind: str, module: str) -> None:
        """In this process, unless another ring does as well: one for then, or one for now that is not answered yet.

        One for an earlier moment does not: whoever answers it may find nothing that is due already.
        """
        place, now = (kind, module), time.monotonic()
        with self._changed:
            moments = self._rung.setdefault(place, [])
            if not any(now + seconds <= max(other, now) <= now + seconds + SAME for other in moments):
                heapq.heappush(moments, now + seconds)
                self._changed.notify_all()

    def answer(self, kinds: frozenset[str], modules: frozenset[str], *, unless: threading.Event) -> Place | None:
        """Wait until there is something to look at. Each ring is answered by one thread; None when `unless` is set."""
        with self._changed:
            while not unless.is_set():
                now = time.monotonic()
                mine = [place for place in self._rung if place[0] in kinds and place[1] in modules]
                ready = next((place for place in mine if self._rung[place][0] <= now), None)
                if ready is not None:
                    self._answered(ready, now)
                    return ready
                self._changed.wait(min((self._rung[place][0] - now for place in mine), default=None))
        return None

    def _answered(self, place: Place, now: float) -> None:
        """All rings of moments that have come, as one."""
        moments = self._rung.pop(place)
        while moments and moments[0] <= now:
            heapq.heappop(moments)
        if moments:
            self._rung[place] = moments

    def is_quiet(self, kinds: frozenset[str], modules: frozenset[str]) -> bool:
        """Whether nobody rings just now."""
        now = time.monotonic()
        with self._changed:
            return not any(
                moments[0] <= now and kind in kinds and module in modules
                for (kind, module), moments in self._rung.items()
            )

    def wake(self) -> None:
        """Have everybody who waits look whether they still should."""
        with self._changed:
            self._changed.notify_all()


doorbell = Doorbell()


def ring_after_commit(kind: str, module: str, *, wait: float = 0.0) -> None:
    """For what is due in so many seconds: then, and not a moment too soon by the database's clock."""
    transaction.on_commit(partial(doorbell.ring, kind, module, after=wait and wait + TICK), using=module)
