"""Whether an operator has taken a target out of service: told by a row, so that all processes hear of it."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connections, router

KEPT_FOR = 1.0
"""Seconds. So late a process may hear of it."""

logger = logging.getLogger(__name__)


class Isolated:
    """Whom nobody shall ask, as of a moment ago. One thread looks, and the others go by what was found last."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looking = threading.Lock()
        self._found: frozenset[str] = frozenset()
        self._good_until = clock()

    def __call__(self, target: str) -> bool:
        if self._clock() >= self._good_until and self._looking.acquire(blocking=False):
            try:
                self._found = self._look()
                self._good_until = self._clock() + KEPT_FOR
            finally:
                self._looking.release()
        return target in self._found

    def forget(self) -> None:
        """Look again before the next answer."""
        self._good_until = self._clock()

    def _look(self) -> frozenset[str]:
        """What was found last when the database does not answer: a call is not failed by the switch.

        The connection is not kept while the target is asked.
        """
        from tearline.resilience.models import Isolation  # here, as it needs the app registry

        connection = connections[router.db_for_read(Isolation)]
        keep = connection.connection is not None
        try:
            return frozenset(Isolation.objects.values_list("target", flat=True))
        except Error as error:
            logger.warning("whether anything is isolated cannot be told: %s", error)
            keep = False
            return self._found
        finally:
            if not keep and not connection.in_atomic_block:
                connection.close()


isolated = Isolated()


def isolate(target: str, *, by: str, reason: str) -> bool:
    """Have no process ask the target any more, from a second on. Whether it was asked until now."""
    from tearline.resilience.models import Isolation

    _, fresh = Isolation.objects.get_or_create(target=target, defaults={"by": by, "reason": reason})
    return fresh


def restore(target: str) -> bool:
    """Let all processes ask it again. Whether it was isolated."""
    from tearline.resilience.models import Isolation

    deleted, _ = Isolation.objects.filter(target=target).delete()
    return deleted > 0
