"""Leases of what is being worked on, renewed for as long as that takes, within reason."""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tearline.databases import serves
from tearline.work._queues import LEASE, Queue

RENEWED_EVERY = LEASE / 3
"""Seconds after which a lease is renewed: one may fail and there is still time for another."""

HELD_AT_MOST = 900.0
"""Seconds for which leases are renewed. What takes longer is taken for stuck, and left to others."""

logger = logging.getLogger(__name__)


@dataclass
class InHand:
    """Rows that this process is working on, and since when, by the monotonic clock."""

    queue: Queue[Any]
    module: str
    rows: Sequence[Any]
    since: float = field(default_factory=time.monotonic)
    renewed: float = field(default_factory=time.monotonic)

    def wants_renewal(self, now: float) -> bool:
        return self.renewed + RENEWED_EVERY <= now <= self.since + HELD_AT_MOST


_in_hand: dict[int, InHand] = {}


@contextlib.contextmanager
def in_hand(queue: Queue[Any], module: str, rows: Sequence[Any]) -> Iterator[None]:
    """For as long as this lasts, whoever calls `hold_on` from another thread holds on to the leases of claimed rows."""
    held = InHand(queue, module, rows)
    _in_hand[id(held)] = held
    try:
        yield
    finally:
        del _in_hand[id(held)]


def hold_on() -> None:
    """Renew what is to be renewed by now. To be called every second or so. What cannot be is tried again next time."""
    now = time.monotonic()
    for held in list(_in_hand.values()):
        if held.wants_renewal(now) and serves(held.module):
            _renew(held, now)


def _renew(held: InHand, now: float) -> None:
    try:
        count = held.queue.renew(held.module, held.rows)
    except Exception:
        logger.exception("leases of %s.%s could not be renewed", held.module, held.queue.name)
    else:
        held.renewed = now
        logger.info("still at work on %d rows of %s.%s", count, held.module, held.queue.name)
