"""A visit: a process that was woken for a module looks after its work for a while, and goes again."""

import logging
import threading
import time

from django.db import close_old_connections, connections

from tearline.databases import serves
from tearline.work._arrivals import ways
from tearline.work._carriers import Carrier, carriers
from tearline.work._leases import hold_on
from tearline.work._liveness import Owner
from tearline.work._worker import SWEEP, look_around

BURIAL = 0.4
"""Seconds after which a visitor looks again whether others have died. Less than those between two sweeps."""

BREATH = 0.02
"""Seconds until another look at rows that are due and yet were not to be had: a transaction holds them."""

logger = logging.getLogger(__name__)


class Visitor:
    """This process as one that visits. Visits may overlap, in threads."""

    def __init__(self) -> None:
        self._owner = Owner()
        self._leaving = threading.Event()
        self._watch = threading.Thread(target=self._hold_on, name="visitor-watch", daemon=True)
        self._arriving = threading.Lock()
        self._next_burial: dict[str, float] = {}

    def visit(self, module: str, *, seconds: float) -> float:
        """Carry on all that is due of a module, until nothing is, or the time is over after some piece of it.

        Seconds until it makes sense to come again: 0 when more may be due now, SWEEP at most.
        """
        until = time.monotonic() + seconds
        try:
            if not serves(module):
                return SWEEP
            self._owner.hold_where_needed(module)
            wait = self._look_after(module)
            while wait == 0.0 and time.monotonic() < until:
                wait = self._look_after(module)
        except Exception:
            logger.exception("the work of %s is out of reach", module)
            connections.close_all()
            return SWEEP
        finally:
            close_old_connections()
        return wait

    def leave(self) -> None:
        """For good: this process holds no lease any more."""
        self._leaving.set()
        self._owner.release()

    def _look_after(self, module: str) -> float:
        """One piece of each kind of work. See `visit`."""
        with self._arriving:
            if time.monotonic() >= self._next_burial.get(module, 0.0):
                self._owner.hold([module])
                if self._watch.ident is None:
                    self._watch.start()
                look_around(module, self._owner)
                self._fetch(module)
                self._next_burial[module] = time.monotonic() + BURIAL
        return min(self._carry_on(carrier, module) for carrier in carriers)

    def _fetch(self, module: str) -> None:
        """What other processes have to tell it."""
        for way in ways:
            try:
                while way.expects_any() and way.fetch(module):
                    pass
            except Exception as error:  # noqa: BLE001 - nothing is lost by it, and it is tried again
                logger.warning("what other processes have to tell %s is out of reach: %s", module, error)

    def _carry_on(self, carrier: Carrier, module: str) -> float:
        """Seconds until it makes sense to look again."""
        try:
            if carrier.carry(module, self._owner.name):
                return 0.0
            next_due = carrier.queue.next_due(module)
        except Exception:
            logger.exception("the visitor stumbled over %s of %s, and goes on", carrier.kind, module)
            connections.close_all()
            return SWEEP
        return SWEEP if next_due is None else min(max(next_due, BREATH), SWEEP)

    def _hold_on(self) -> None:
        """To what takes longer than a lease."""
        while not self._leaving.wait(1.0):
            hold_on()
            close_old_connections()
        connections.close_all()
