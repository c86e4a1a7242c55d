"""Rows over which processes die: whatever is done for one of them may be what ends whoever does it."""

from collections.abc import Sequence
from typing import TypeVar

from tearline.models import DueWork
from tearline.work._queues import Queue

R = TypeVar("R", bound=DueWork)

DEATHS = 5
"""Processes that may die over a row, one after the other, until it is parked."""


class Deadly(Exception):
    """Too many processes died while they worked on the row. Whether by its fault is for an operator to find out."""


def fit_to_try(queue: Queue[R], alias: str, rows: Sequence[R]) -> Sequence[R]:
    """Of claimed rows, in their order, those that are to be worked on now. The others are given back, or parked.

    A row over which somebody has died is tried alone, so that it takes no other row with it. Raises LeaseLost.
    """
    before_suspects = next((place for place, row in enumerate(rows) if row.deaths), len(rows))
    fit, left = rows[: before_suspects or 1], rows[before_suspects or 1 :]
    if left:
        queue.give_back(alias, left)
    if fit[0].deaths >= DEATHS:
        queue.park(alias, fit[0], error=Deadly(f"{fit[0].deaths} processes died while they worked on it"))
        return []
    return fit
