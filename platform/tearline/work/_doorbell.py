"""Wakes whoever can work when a commit left work behind. A hint only: the sweep finds what no bell rang for."""

import threading
from functools import partial
from typing import Protocol

from django.db import transaction


class FarBell(Protocol):
    """Wakes other processes."""

    def ring(self, module: str, *, after: float = 0.0) -> None:
        """For all work of the module, in so many seconds. Returns at once, and raises nothing."""
        ...

    def flush(self, timeout: float) -> bool:
        """Wait until every ring is out, at most `timeout` seconds. Whether they are."""
        ...


class Doorbell:
    """Which modules have been rung for, by kind of work. `far`: rings along with it in other processes, if any."""

    def __init__(self) -> None:
        self.far: FarBell | None = None
        self._changed = threading.Condition()
        self._rung: dict[str, set[str]] = {}

    def ring(self, kind: str, module: str) -> None:
        with self._changed:
            self._rung.setdefault(kind, set()).add(module)
            self._changed.notify_all()
        if self.far is not None:
            self.far.ring(module)

    def wait(self, kinds: frozenset[str], modules: frozenset[str], seconds: float, *, unless: threading.Event) -> None:
        """Until somebody rings for one of these, but no longer than so many seconds, and not when `unless` is set."""
        with self._changed:
            self._changed.wait_for(lambda: unless.is_set() or self._is_rung(kinds, modules), max(seconds, 0.0))

    def wake(self) -> None:
        """Have everybody who waits look whether they still should."""
        with self._changed:
            self._changed.notify_all()

    def answer(self, kind: str, modules: frozenset[str]) -> set[str]:
        """Those of the modules that were rung for, each told to one thread only."""
        with self._changed:
            rung = self._rung.get(kind, set())
            answered = rung & modules
            rung -= answered
            return answered

    def _is_rung(self, kinds: frozenset[str], modules: frozenset[str]) -> bool:
        return any(self._rung.get(kind, set()) & modules for kind in kinds)


doorbell = Doorbell()


def ring_after_commit(kind: str, module: str) -> None:
    transaction.on_commit(partial(doorbell.ring, kind, module), using=module)
