"""Threads that carry what is due, in a process of their own or inside the serving one."""

import logging
import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.db import close_old_connections, connections

from tearline.work._carriers import Carrier, carriers
from tearline.work._doorbell import doorbell
from tearline.work._liveness import Owner

SWEEP = 1.0
"""Seconds after which a thread looks for due work that no bell has rung for."""

BREATH = 0.02
"""Seconds until another look at rows that are due and yet were not to be had: a transaction holds them."""

logger = logging.getLogger(__name__)

Pair = tuple[Carrier, str]
"""What to carry, and for which module."""


class Worker:
    """Carries the durable work of some modules in threads of this process.

    One thread moves events; others run sagas and tasks, which may have to wait for the outside world; one more keeps
    watch over workers that die.
    """

    def __init__(self, modules: Iterable[str] | None = None, *, threads: int = 4) -> None:
        """`modules`: by default all that this process hosts. `threads`: two at least, the watch not counted."""
        self.modules = frozenset(settings.TEARLINE_TOPOLOGY.hosted if modules is None else modules)
        self.owner = Owner()
        self._stopping = threading.Event()
        moving = tuple(carrier for carrier in carriers if not carrier.may_wait)
        waiting = tuple(carrier for carrier in carriers if carrier.may_wait)
        roles = [moving, *[waiting] * (max(threads, 2) - 1)]
        self._threads = [
            threading.Thread(target=self._keep_watch, name="worker-watch", daemon=True),
            *(
                threading.Thread(target=self._work, args=(role,), name=f"worker-{number}", daemon=True)
                for number, role in enumerate(roles)
            ),
        ]

    def start(self) -> None:
        """Returns at once."""
        self.owner.hold(self.modules)
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """Let every thread end what it holds, and no more. Whether all did within `timeout` seconds. Safe to repeat."""
        until = time.monotonic() + timeout
        self._stopping.set()
        doorbell.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(until - time.monotonic(), 0.0))
        drained = not any(thread.is_alive() for thread in self._threads)
        if drained:
            self.owner.release()
        return drained

    def _work(self, mine: tuple[Carrier, ...]) -> None:
        """Look at each queue when something in it is due, or rung for, or has not been looked at for a while."""
        kinds = frozenset(carrier.kind for carrier in mine)
        look_at: dict[Pair, float] = {(carrier, module): 0.0 for module in sorted(self.modules) for carrier in mine}
        while not self._stopping.is_set():
            for carrier in mine:
                look_at.update(dict.fromkeys(((carrier, module) for module in self._rung_for(carrier)), 0.0))
            for pair, when in look_at.items():
                if when <= time.monotonic() and not self._stopping.is_set():
                    look_at[pair] = time.monotonic() + carry_on(*pair, self.owner)
            close_old_connections()
            doorbell.wait(kinds, self.modules, min(look_at.values()) - time.monotonic(), unless=self._stopping)
        connections.close_all()

    def _rung_for(self, carrier: Carrier) -> set[str]:
        return doorbell.answer(carrier.kind, self.modules)

    def _keep_watch(self) -> None:
        """Prove that we live, and take over from those who do not."""
        while not self._stopping.is_set():
            for module in self.modules:
                try:
                    self.owner.hold([module])
                    bury_the_dead(module, self.owner)
                    clear_the_way(module)
                except Exception:
                    logger.exception("the worker cannot see who else is alive at %s, and goes on", module)
                    connections.close_all()
            close_old_connections()
            self._stopping.wait(SWEEP)
        connections.close_all()


def carry_on(carrier: Carrier, module: str, owner: Owner) -> float:
    """Carry some of what is due. Seconds until it makes sense to look again: 0 when there is more, SWEEP at most."""
    try:
        if carrier.carry_some(module, owner.name):
            return 0.0
        next_due = carrier.queue.next_due(module)
    except Exception:
        logger.exception("the worker stumbled over %s of %s, and goes on", carrier.kind, module)
        connections.close_all()
        return SWEEP
    return SWEEP if next_due is None else min(max(next_due, BREATH), SWEEP)


def bury_the_dead(module: str, me: Owner) -> None:
    """End the leases of workers whose process is gone, so that nobody has to wait for them to run out."""
    for carrier in carriers:
        for owner in carrier.queue.owners(module):
            if me.is_dead(owner, module):
                count = carrier.queue.expire(module, owner=owner)
                logger.warning("%s is dead and left %d rows of %s.%s", owner, count, module, carrier.kind)
                doorbell.ring(carrier.kind, module)


def clear_the_way(module: str) -> None:
    """Take what cannot be carried on, as it waits behind parked rows, out of the way of what can."""
    for carrier in carriers:
        carrier.queue.set_aside(module)


def drain(modules: Iterable[str] | None = None) -> int:
    """In this thread, carry all that is due now, until nothing is. How many rows were carried."""
    hosted = list(settings.TEARLINE_TOPOLOGY.hosted if modules is None else modules)
    total = 0
    while carried := sum(_until_empty(carrier, module) for module in hosted for carrier in carriers):
        total += carried
    return total


def _until_empty(carrier: Carrier, module: str) -> int:
    nobody = ""  # no worker can tell whether we are alive: our leases end by time alone
    total = 0
    while carrier.queue.claimable(module, limit=1) and (carried := carrier.carry(module, nobody)):
        total += carried
    return total
