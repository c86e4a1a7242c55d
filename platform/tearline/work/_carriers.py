"""Who carries which queue on. Events, sagas and tasks each register how their own rows are worked on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tearline.databases import serves
from tearline.models import DueWork
from tearline.resilience import tried_again_later
from tearline.work._deaths import fit_to_try
from tearline.work._doorbell import doorbell
from tearline.work._leases import in_hand
from tearline.work._queues import Queue, unless_lost

R = TypeVar("R", bound=DueWork)
Carry = Callable[[str, Sequence[R]], None]
"""(module, rows): works on rows that were claimed."""

carriers: list["Carrier"] = []


@dataclass(frozen=True)
class Carrier:
    """`may_wait`: whether the work may have to wait for the outside world, and so must not hold up events.

    `batch`: how many rows are claimed together.
    """

    queue: Queue[Any]
    may_wait: bool
    batch: int
    work_on: Carry[Any]

    @property
    def kind(self) -> str:
        return self.queue.name

    def carry(self, module: str, owner: str) -> int:
        """Claim some rows of a module and work on them. How many there were.

        Has another thread look whether there are more, when this one may have to wait. None while they are being moved.
        """
        if not serves(module):
            return 0
        rows = self.queue.claim(module, owner=owner, limit=self.batch)
        if rows:
            if self.may_wait:
                doorbell.ring(self.kind, module)
            with in_hand(self.queue, module, rows), unless_lost(), tried_again_later():
                if fit := fit_to_try(self.queue, module, rows):
                    self.work_on(module, fit)
        return len(rows)


def carries(queue: Queue[R], *, may_wait: bool, batch: int = 1) -> Callable[[Carry[R]], Carry[R]]:
    """Make a function the one that works on what is claimed of this queue."""

    def register(work_on: Carry[R]) -> Carry[R]:
        carriers.append(Carrier(queue, may_wait, batch, work_on))
        return work_on

    return register
