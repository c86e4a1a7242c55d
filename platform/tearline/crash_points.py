"""Named points before and after each commit and call, at which the fault suite kills the process.

TEARLINE_KILL_AT="saga.called#2" kills at the second time that the point is reached. Costs nothing when unset.
"""

import os
import signal

_wanted, _left = "", 0


def arm(where: str) -> None:
    """Have this process killed at a point: `saga.called`, or `saga.called#2` for the second visit. "": never."""
    global _wanted, _left  # noqa: PLW0603 - one countdown for the life of the process
    _wanted, _, nth = where.partition("#")
    _left = int(nth or 1)


def reached(point: str) -> None:
    if point == _wanted:
        _count_down()


def _count_down() -> None:
    global _left  # noqa: PLW0603 - one countdown for the life of the process
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("TEARLINE_KILL_AT", ""))
