"""Named points before and after each commit and call, at which the fault suite kills the process.

TEARLINE_KILL_AT="saga.step.called#2" kills at the second time that the point is reached. Costs nothing when unset.
"""

import os
import signal

_wanted, _, _nth = os.environ.get("TEARLINE_KILL_AT", "").partition("#")
_left = int(_nth or 1)


def reached(point: str) -> None:
    if point == _wanted:
        _count_down()


def _count_down() -> None:
    global _left  # noqa: PLW0603 - one countdown for the life of the process
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
