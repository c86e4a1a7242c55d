"""How much time is left for what this thread is doing. Travels with the context, as who acts does."""

import contextlib
import contextvars
import re
import time
from collections.abc import Iterator

RESERVE = 0.01
"""Seconds that are kept for saying that there was no answer. With less than that left nobody is asked any more."""

DEADLINE_MS = "Tearline-Deadline-Ms"
"""The header by which a deadline travels between processes, as `remaining_ms` says. Nobody else may set one."""

_MILLISECONDS = re.compile(r"[0-9]{1,9}")

_ends: contextvars.ContextVar[float | None] = contextvars.ContextVar("ends", default=None)


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """What is done inside may take so long, or less when less was left already: a deadline only shrinks."""
    ends = time.monotonic() + seconds
    outer = _ends.get()
    token = _ends.set(ends if outer is None else min(outer, ends))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Seconds until the deadline, negative once it has passed; None when there is none."""
    ends = _ends.get()
    return None if ends is None else ends - time.monotonic()


def remaining_ms() -> int | None:
    """What a remote call sends along: whole milliseconds that are left from now, 0 at least; None when nothing ends.

    Relative, as no two machines agree on what time it is.
    """
    left = remaining()
    return None if left is None else max(int(left * 1000), 0)


def seconds_told(milliseconds: str) -> float:
    """What DEADLINE_MS says. Raises ValueError for what is not a whole number."""
    if not _MILLISECONDS.fullmatch(milliseconds):
        raise ValueError("not a whole number of milliseconds")
    return int(milliseconds) / 1000


def is_too_late() -> bool:
    """Whether so little is left that nobody should be asked any more."""
    left = remaining()
    return left is not None and left < RESERVE
