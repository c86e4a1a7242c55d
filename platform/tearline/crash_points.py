"""Named points before and after each commit, call and publish, at which the fault suite kills a process or stops it.

TEARLINE_KILL_AT="saga.called#2" kills at the second time that the point is reached. Costs nothing when unset.
"""

import itertools
import os
import signal
from collections.abc import Callable

Visit = Callable[[str], None]
_visit: Visit | None = None


def reached(point: str) -> None:
    if _visit is not None:
        _visit(point)


def watch(visit: Visit | None) -> None:
    """Have this called with every point that is reached, in the thread that reaches it. None: nobody watches."""
    global _visit  # noqa: PLW0603 - one watch for the life of the process
    _visit = visit


def kill() -> None:
    """This process, outright."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(where: str, strike: Callable[[], None] = kill) -> None:
    """Strike at a point: `saga.called`, or `saga.called#2` for the second visit. "": never."""
    wanted, _, nth = where.partition("#")
    last, visits = int(nth or 1), itertools.count(1)  # counts for all threads together

    def visit(point: str) -> None:
        if point == wanted and next(visits) == last:
            strike()

    watch(visit if where else None)


arm(os.environ.get("TEARLINE_KILL_AT", ""))
