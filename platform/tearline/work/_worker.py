"""Threads that carry what is due, in a process of their own or inside the serving one."""

import logging
import threading
from collections.abc import Iterable

from django.conf import settings
from django.db import close_old_connections, connections

from tearline.work._carriers import Carrier, carriers
from tearline.work._doorbell import doorbell
from tearline.work._liveness import Owner

SWEEP = 1.0
"""Seconds after which a thread looks for due work that no bell has rung for."""

logger = logging.getLogger(__name__)


Pair = tuple[Carrier, str]


class Worker:
    """Carries the durable work of some modules in threads of this process.

    One thread moves events; the others run sagas and tasks, which may have to wait for the outside world.
    """

    def __init__(self, modules: Iterable[str] | None = None, *, threads: int = 4) -> None:
        """`modules`: by default all that this process hosts. `threads`: two at least."""
        self.modules = list(settings.TEARLINE_TOPOLOGY.hosted if modules is None else modules)
        self.owner = Owner()
        self._stopping = threading.Event()
        moving = tuple(carrier for carrier in carriers if not carrier.may_wait)
        waiting = tuple(carrier for carrier in carriers if carrier.may_wait)
        roles = [moving, *[waiting] * (max(threads, 2) - 1)]
        self._threads = [
            threading.Thread(target=self._work, args=(role,), name=f"worker-{number}", daemon=True)
            for number, role in enumerate(roles)
        ]

    def start(self) -> None:
        """Returns at once. First ends the leases of workers that died."""
        self.owner.hold(self.modules)
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """Let every thread end what it holds, and no more. Whether all did within `timeout` seconds. Safe to repeat."""
        self._stopping.set()
        for carrier in carriers:
            doorbell.ring(carrier.kind, "")
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout)
        drained = not any(thread.is_alive() for thread in self._threads)
        if drained:
            self.owner.release()
        return drained

    def _work(self, mine: tuple[Carrier, ...]) -> None:
        """Sweep, then answer the doorbell, until told to stop."""
        kinds = frozenset(carrier.kind for carrier in mine)
        pairs = self._everything(mine)
        while not self._stopping.is_set():
            try:
                bury_the_dead(mine, self.modules, self.owner)
                pause = self._carry_all(mine, pairs)
            except Exception:
                logger.exception("a worker thread stumbled, and goes on")
                connections.close_all()
                pause = SWEEP
            close_old_connections()
            rung = doorbell.wait(kinds, pause)
            pairs = self._rung_for(mine) if rung else self._everything(mine)
        connections.close_all()

    def _carry_all(self, mine: tuple[Carrier, ...], pairs: set[Pair]) -> float:
        """Go round until nothing is due any more. Seconds until something will be."""
        pause = SWEEP
        while pairs and not self._stopping.is_set():
            for pair in sorted(pairs, key=lambda pair: (pair[0].kind, pair[1])):
                carrier, module = pair
                if not carrier.carry_some(module, self.owner.name):
                    pairs.discard(pair)
                    pause = min(pause, carrier.queue.next_due(module) or SWEEP)
            pairs |= self._rung_for(mine)
        return pause

    def _rung_for(self, mine: tuple[Carrier, ...]) -> set[Pair]:
        modules = set(self.modules)
        return {(carrier, module) for carrier in mine for module in doorbell.answer(carrier.kind) & modules}

    def _everything(self, mine: tuple[Carrier, ...]) -> set[Pair]:
        return {(carrier, module) for carrier in mine for module in self.modules}


def bury_the_dead(mine: Iterable[Carrier], modules: Iterable[str], me: Owner) -> None:
    """End the leases of workers whose process is gone, so that nobody has to wait for them to run out."""
    for module in modules:
        for carrier in mine:
            for owner in carrier.queue.owners(module):
                if me.is_dead(owner, module):
                    count = carrier.queue.expire(module, owner=owner)
                    logger.warning("%s is dead and left %d rows of %s.%s", owner, count, module, carrier.kind)


def drain(modules: Iterable[str] | None = None) -> int:
    """In this thread, carry all that is due now, until nothing is. How many rows were carried."""
    owner = "drain"
    hosted = list(settings.TEARLINE_TOPOLOGY.hosted if modules is None else modules)
    total = 0
    while carried := sum(_until_empty(carrier, module, owner) for module in hosted for carrier in carriers):
        total += carried
    return total


def _until_empty(carrier: Carrier, module: str, owner: str) -> int:
    total = 0
    while carrier.queue.anything_due(module) and (carried := carrier.carry(module, owner)):
        total += carried
    return total
