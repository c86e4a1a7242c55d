"""From the broker to the inbox of a module that listens to others in other processes."""

import logging
import time
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import transaction

from tearline.crash_points import reached
from tearline.databases import serves
from tearline.events import _inbox, _upcasting
from tearline.events._broker import Broker, Heard
from tearline.events._cursors import cursor_of, heard, move
from tearline.events._envelope import NoEnvelope, opened
from tearline.events._events import topics
from tearline.events._listeners import listeners_of
from tearline.events._sources import publisher_of, source_of
from tearline.events._transmission import send_again_what_was_forgotten
from tearline.events._way import broker
from tearline.work._arrivals import Arrivals, arriving
from tearline.work._doorbell import ring_after_commit

BATCH = 200

CHECKED_EVERY = 5.0
"""Seconds after which it is looked whether the broker still keeps what was sent."""

logger = logging.getLogger(__name__)
_next_check: dict[str, float] = {}


@arriving
class FromOtherProcesses(Arrivals):
    """Events that modules elsewhere have announced."""

    def expects_any(self) -> bool:
        return broker() is not None

    def fetch(self, module: str) -> int:
        carrying = broker()
        if carrying is None or not serves(module):
            return 0
        _see_to_what_was_sent(carrying, module)
        return sum(_receive(carrying, source, module) for source in sources(module))

    def wait(self, modules: frozenset[str], *, seconds: float) -> None:
        carrying = broker()
        here = [module for module in modules if serves(module)]
        cursors = {source: cursor_of(module, heard(source)) for module in here for source in sources(module)}
        if carrying is None or not cursors:
            time.sleep(seconds)
        else:
            carrying.wait(cursors, seconds=seconds)


def sources(module: str) -> list[str]:
    """Where the broker keeps the events of other processes to which this module listens."""
    hosted = settings.TEARLINE_TOPOLOGY.hosted
    told = {topic for topic in (*topics, *_upcasting.upcasters) if _is_heard_by(module, topic)}
    return sorted({source_of(topic) for topic in told if publisher_of(topic) not in hosted})


def _is_heard_by(module: str, topic: str) -> bool:
    return any(listener.module == module for listener in listeners_of(topic))


def _see_to_what_was_sent(carrying: Broker, module: str) -> None:
    if time.monotonic() >= _next_check.get(module, 0.0):
        send_again_what_was_forgotten(carrying, module)
        _next_check[module] = time.monotonic() + CHECKED_EVERY


def _receive(carrying: Broker, source: str, module: str) -> int:
    """Take over the next events of a source. How many; none when another process has just done so."""
    since = cursor_of(module, heard(source))
    told = carrying.read(source, since, limit=BATCH)
    if not told:
        return 0
    deliveries = list(_deliveries(module, told))
    with transaction.atomic(using=module, durable=True):
        if not move(module, heard(source), since=since, to=told[-1].cursor):
            return 0
        if deliveries:
            _inbox.queue.add_unless_there(module, deliveries)
            ring_after_commit(_inbox.KIND, module)
        reached("reception.received")
    reached("reception.committed")
    return len(told)


def _deliveries(module: str, told: Sequence[Heard]) -> Iterator[_inbox.Delivery]:
    """Of what is no event nothing can be made, and nobody has announced it: it stays in the broker, and in the log."""
    for each in told:
        try:
            envelope = opened(each.told)
        except NoEnvelope as error:
            logger.error("what lies at %s in the broker is no event: %s", each.cursor, error)
            continue
        for listener in listeners_of(envelope.topic):
            if listener.module == module:
                yield _inbox.delivery(envelope, listener)
