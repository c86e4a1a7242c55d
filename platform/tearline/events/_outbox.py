"""From the publisher's outbox to the inbox of everybody who listens in this process, and to other processes."""

import logging
from collections.abc import Sequence

from django.db import connections

from tearline.acting import caller
from tearline.crash_points import reached
from tearline.databases import refuse_unless_served
from tearline.events import _inbox
from tearline.events._envelope import enclosed
from tearline.events._events import Event
from tearline.events._listeners import listeners_of
from tearline.events._publishing import NotTheOwner
from tearline.events._transmission import transmit
from tearline.events._way import broker
from tearline.models import OutboxRow
from tearline.work._carriers import carries
from tearline.work._doorbell import doorbell, ring_after_commit
from tearline.work._queues import LeaseLost, Queue, unless_lost
from tearline.work._retry import default_retry, is_put_off

KIND = "outbox"
BATCH = 200

logger = logging.getLogger(__name__)
queue = Queue(KIND, OutboxRow, position="id", repeatable=True)


def announce(module: str, events: Sequence[Event]) -> None:
    """Write events of one module into its outbox. Raises NotTheOwner."""
    if not connections[module].in_atomic_block:
        raise NotTheOwner(f"{events[0].topic} is published outside a transaction of {module}")
    if caller() not in (module, "outside"):
        raise NotTheOwner(f"{events[0].topic} is published by {caller()}")
    rows = [
        {"event_id": event.id, "topic": event.topic, "stream": event.aggregate_id, "payload": event.model_dump_json()}
        for event in events
    ]
    queue.add(module, rows)
    reached("outbox.announced")
    ring_after_commit(KIND, module)


@carries(queue, may_wait=False, batch=BATCH)
def relay(alias: str, rows: Sequence[OutboxRow]) -> None:
    """Carry announced events of a module that were claimed to the inboxes."""
    reached("outbox.claimed")
    with unless_lost():
        try:
            _deliver(rows)
            _transmit(alias, rows)
            queue.finish(alias, rows)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - an inbox, or the broker, is out of reach
            _delay(alias, rows, error)
    reached("outbox.finished")


def _deliver(rows: Sequence[OutboxRow]) -> None:
    """Into one inbox after the other. What was delivered before is known there by its event id."""
    for module, deliveries in _deliveries(rows).items():
        put_into_inbox(module, deliveries)
        doorbell.ring(_inbox.KIND, module)
        reached("outbox.delivered")


def _deliveries(rows: Sequence[OutboxRow]) -> dict[str, list[_inbox.Delivery]]:
    deliveries: dict[str, list[_inbox.Delivery]] = {}
    for row in rows:
        for listener in listeners_of(row.topic):
            deliveries.setdefault(listener.module, []).append(_inbox.delivery(enclosed(row), listener))
    return deliveries


def put_into_inbox(module: str, deliveries: Sequence[_inbox.Delivery]) -> None:
    """What is there already stays as it is. Raises Unavailable while the inbox is being moved."""
    refuse_unless_served(module)
    _inbox.queue.add_unless_there(module, deliveries)
    reached("outbox.delivering")


def _transmit(module: str, rows: Sequence[OutboxRow]) -> None:
    """To whoever listens in other processes. Raises BrokerAway."""
    if (carrying := broker()) is not None:
        transmit(carrying, module, rows)


def _delay(alias: str, rows: Sequence[OutboxRow], error: Exception) -> None:
    """Events are never given up."""
    if is_put_off(error):
        for row in rows:
            queue.put_off(alias, row, error=error, wait=default_retry().wait(row.attempts, error))
        return
    logger.error("events of %s could not be delivered", alias, exc_info=error)
    for row in rows:
        queue.retry_later(alias, row, error=error, wait=default_retry().wait(row.attempts))
