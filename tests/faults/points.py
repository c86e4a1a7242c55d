"""Which crash points there are, and at which of them, and of their visits, something is made to happen.

A run of threads is never quite the same as the last one. So the last visits that were counted may not come again, and
there may be some more.
"""

import os
import re
import zlib
from collections.abc import Iterable, Iterator

from tests.processes import ROOT

BETWEEN_PROCESSES = {"outbox.transmitted", "reception.received", "reception.committed"}
"""Where nobody comes by who has all modules in one process, as in all scenarios here."""

AN_OPERATORS = ("move.", "rebuild.")
"""Where nobody comes by who serves or works: see tests/deployed/test_moving.py and the rebuilding of orders."""

POINTS = sorted(
    {
        point
        for source in (ROOT / "platform" / "tearline").rglob("*.py")
        for point in re.findall(r'reached\("([a-z.]+)"\)', source.read_text())
        if not point.startswith(AN_OPERATORS)
    }
    - BETWEEN_PROCESSES
)
"""Every other crash point that the platform names."""

IN_A_TRANSACTION = {
    "command.commit", "command.refuse", "failure.commit", "inbox.handled", "outbox.announced", "projection.folded",
    "saga.commit",
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


def some_of(points: Iterable[str], *, one_in: int, seed: int, of: str) -> list[str]:
    """So many of the points, other ones for each scenario and seed; or all, or the one that is asked for."""
    shift = zlib.crc32(of.encode()) + seed
    some = [point for place, point in enumerate(sorted(points)) if ALL or (place + shift) % one_in == 0]
    return [AT.partition("#")[0]] if AT else some


def chains(*, seed: int, of: str) -> list[list[str]]:
    """All points, three by three, in an order that the seed chooses. Over whom five die, that waits for an operator."""
    mixed = sorted(POINTS, key=lambda point: zlib.crc32(f"{seed} {of} {point}".encode()))
    return [mixed[place : place + 3] for place in range(0, len(mixed), 3)]
