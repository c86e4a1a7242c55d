"""Threads that carry what is due, in a process of their own or inside the serving one."""

import logging
import threading
import time
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import close_old_connections, connections

from tearline.databases import give_back_wanted, served_for, serves
from tearline.work._arrivals import Arrivals, ways
from tearline.work._carriers import Carrier, carriers
from tearline.work._doorbell import doorbell
from tearline.work._glances import Glance, glances
from tearline.work._leases import hold_on
from tearline.work._liveness import Owner

SWEEP = 0.5
"""Seconds after which the watch looks for the dead, and for due work that no bell has rung for."""

SETTLING_IN = 10.0
"""Seconds within which every worker that lives has followed its module to where it has moved."""

logger = logging.getLogger(__name__)


class Worker:
    """Carries the durable work of some modules in threads of this process.

    One thread moves events; others run sagas and tasks, which may have to wait for the outside world; one more keeps
    watch over workers that die, and one fetches what other processes have to tell, if there are any.
    """

    def __init__(self, modules: Iterable[str] | None = None, *, threads: int = 4) -> None:
        """`modules`: by default all that this process hosts. `threads`: two at least, the watch not counted."""
        self.modules = frozenset(settings.TEARLINE_TOPOLOGY.hosted if modules is None else modules)
        self.owner = Owner()
        self._stopping = threading.Event()
        moving = {carrier.kind: carrier for carrier in carriers if not carrier.may_wait}
        waiting = {carrier.kind: carrier for carrier in carriers if carrier.may_wait}
        roles = [moving, *[waiting] * (max(threads, 2) - 1)]
        self._threads = [
            threading.Thread(target=self._keep_watch, name="worker-watch", daemon=True),
            *(
                threading.Thread(target=self._keep_fetching, args=(way,), name="worker-fetch", daemon=True)
                for way in ways
                if way.expects_any()
            ),
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

    def _work(self, mine: Mapping[str, Carrier]) -> None:
        """Look wherever the bell rings, and ring there again for as long as there is more."""
        kinds = frozenset(mine)
        while place := doorbell.answer(kinds, self.modules, unless=self._stopping):
            kind, module = place
            if self._carry(mine[kind], module) and not mine[kind].may_wait:
                doorbell.ring_after(0.0, kind, module)
            if doorbell.is_quiet(kinds, self.modules):
                close_old_connections()
            else:
                give_back_wanted()
        connections.close_all()

    def _carry(self, carrier: Carrier, module: str) -> bool:
        """Some of what is due. Whether there was any. What is due later, or was not to be had, is for the watch."""
        try:
            self.owner.hold_where_needed(module)
            return carrier.carry(module, self.owner.name) > 0
        except Exception:
            logger.exception("the worker stumbled over %s of %s, and goes on", carrier.kind, module)
            connections.close_all()
            return False

    def _keep_fetching(self, way: Arrivals) -> None:
        """What comes from other processes."""
        in_reach = True
        while not self._stopping.is_set():
            try:
                while any([way.fetch(module) for module in self.modules]) and not self._stopping.is_set():  # noqa: C419
                    pass
                close_old_connections()
                way.wait(self.modules, seconds=SWEEP)
            except Exception as error:  # noqa: BLE001 - nothing is lost by it, and it is tried again
                if in_reach:
                    logger.warning("what other processes have to tell is out of reach: %s", error)
                in_reach = False
                connections.close_all()
                self._stopping.wait(SWEEP)
            else:
                in_reach = True
        connections.close_all()

    def _keep_watch(self) -> None:
        """Prove that we live, take over from those who do not, and find what no bell rang for."""
        while not self._stopping.is_set():
            for module in self.modules:
                hold_on()  # between any two modules, as a database out of reach may take its time
                try:
                    if not serves(module):
                        continue
                    self.owner.hold([module])
                    look_around(module, self.owner)
                except Exception:
                    logger.exception("the worker cannot see how the work of %s stands, and goes on", module)
                    connections.close_all()
            close_old_connections()
            self._stopping.wait(SWEEP)
        connections.close_all()


def look_around(module: str, me: Owner) -> None:
    """End the leases of the dead, take what cannot go on out of the way, and ring where something is due soon."""
    for glance in glances(module):
        queue, kind = glance.carrier.queue, glance.carrier.kind
        if bury_the_dead(glance, module, me):
            doorbell.ring(kind, module)
        if glance.parked:
            queue.set_aside(module)
        if glance.next_due is not None and glance.next_due < SWEEP:
            doorbell.ring_after(glance.next_due, kind, module)


def bury_the_dead(glance: Glance, module: str, me: Owner) -> int:
    """End the leases of workers whose process is gone. How many workers those were.

    Where a module has just moved to, those who are well may not have come yet.
    """
    if served_for(module) < SETTLING_IN:
        return 0
    dead = [owner for owner in glance.owners if me.is_dead(owner, module)]
    for owner in dead:
        count = glance.carrier.queue.expire(module, owner=owner)
        logger.warning("%s is dead and left %d rows of %s.%s", owner, count, module, glance.carrier.kind)
    return len(dead)


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
    while carried := carrier.carry(module, nobody):
        total += carried
    return total
