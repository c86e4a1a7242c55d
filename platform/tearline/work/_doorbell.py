"""Wakes the threads of this process when a commit left work behind. A hint only: the sweep finds what no bell rang for."""

import threading
from functools import partial

from django.db import transaction


class Doorbell:
    """Which modules have been rung for, by kind of work."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung: dict[str, set[str]] = {}

    def ring(self, kind: str, module: str) -> None:
        with self._changed:
            self._rung.setdefault(kind, set()).add(module)
            self._changed.notify_all()

    def wait(self, kinds: frozenset[str], seconds: float) -> bool:
        """Whether somebody rang for one of these kinds before that many seconds had passed."""
        with self._changed:
            return self._changed.wait_for(lambda: any(self._rung.get(kind) for kind in kinds), seconds)

    def answer(self, kind: str) -> set[str]:
        """The modules that were rung for, each told to one thread only."""
        with self._changed:
            return self._rung.pop(kind, set())


doorbell = Doorbell()


def ring_after_commit(kind: str, module: str) -> None:
    transaction.on_commit(partial(doorbell.ring, kind, module), using=module)
