"""Who carries which queue on. Events, sagas and tasks each register how their own rows are worked on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tearline.work._doorbell import doorbell
from tearline.work._queues import Queue

Carry = Callable[[str, str], int]
"""(module, owner): claims some due rows of the module, works on them, and says how many there were."""

carriers: list["Carrier"] = []


@dataclass(frozen=True)
class Carrier:
    """`may_wait`: whether the work may have to wait for the outside world, and so must not hold up events."""

    queue: Queue[Any]
    may_wait: bool
    carry: Carry

    @property
    def kind(self) -> str:
        return self.queue.name

    def carry_some(self, module: str, owner: str) -> bool:
        """Whether there was anything to carry. Wakes another thread first when there is more than one can do."""
        found = self.queue.claimable(module, limit=2)
        if found > 1 and self.may_wait:
            doorbell.ring(self.kind, module)
        return found > 0 and self.carry(module, owner) > 0


def carries(queue: Queue[Any], *, may_wait: bool) -> Callable[[Carry], Carry]:
    """Make a function the one that carries this queue on."""

    def register(carry: Carry) -> Carry:
        carriers.append(Carrier(queue, may_wait, carry))
        return carry

    return register
