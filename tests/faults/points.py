"""Which crash points there are, and at which visits of them something is made to happen.

A run of threads is never quite the same as the last one. So the last visits that were counted may not come again, and
there may be some more.
"""

import os
import re
import zlib
from collections.abc import Iterator, Mapping

from tests.processes import ROOT

POINTS = sorted(
    {
        point
        for source in (ROOT / "platform" / "tearline").rglob("*.py")
        for point in re.findall(r'reached\("([a-z.]+)"\)', source.read_text())
    }
)
"""Every crash point that the platform names."""

IN_A_TRANSACTION = {
    "command.commit", "command.refuse", "failure.commit", "inbox.handled", "outbox.announced", "saga.commit",
}  # fmt: skip
"""Where a process that pauses would keep others from the rows that it has locked, for as long as it pauses."""

ALL = os.environ.get("TEARLINE_FAULTS") == "all"
"""Whether nothing is left out."""

AT = os.environ.get("AT") or ""
"""The one visit that is asked for, as in `saga.called#2`."""


def visits_to_strike(point: str, visits: int, *, seed: int, of: str) -> Iterator[str]:
    """All of them, for as long as they come, or one that the seed chooses for this scenario; if it does not come again,
    the first one."""
    if AT:
        yield AT
    elif ALL:
        yield from (f"{point}#{visit}" for visit in range(1, visits + 1))
    else:
        yield f"{point}#{1 + zlib.crc32(f'{seed} {of} {point}'.encode()) % visits}"
        yield f"{point}#1"


def some_of(visits: Mapping[str, int], *, seed: int, of: str) -> list[str]:
    """For what takes longer than a kill: one point in five, other ones for each scenario; or all."""
    shift = zlib.crc32(of.encode()) + seed
    return [point for place, point in enumerate(sorted(visits)) if ALL or (place + shift) % 5 == 0]
