"""From a module's outbox to the broker, for those who listen in other processes."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import connections, transaction

from tearline.crash_points import reached
from tearline.events._broker import Broker, Told
from tearline.events._cursors import cursor_of, forget, move, sent, sent_from
from tearline.events._envelope import enclosed, sealed
from tearline.events._sources import source_of
from tearline.models import OutboxRow
from tearline.work import _clock

RECENT = timedelta(days=1)
"""What was sent within it is sent again when the broker has forgotten it. `tearline.work._purging` keeps for longer
what tells a repeated event from a new one."""

logger = logging.getLogger(__name__)


def transmit(broker: Broker, module: str, rows: Sequence[OutboxRow]) -> None:
    """Send announced events of one module, in order. Raises BrokerAway: then none, some or all of them were."""
    told: dict[str, list[Told]] = {}
    for row in rows:
        told.setdefault(source_of(row.topic), []).append(Told(row.stream, sealed(enclosed(row))))
    for source, events in told.items():
        before = cursor_of(module, sent(source))
        after = broker.send(source, events)
        reached("outbox.transmitted")
        move(module, sent(source), since=before, to=after)


def send_again_what_was_forgotten(broker: Broker, module: str) -> int:
    """When the broker has lost what this module has sent: make what is recent due once more. How many events that is.

    Whoever has heard them knows them by their ids. Raises BrokerAway.
    """
    forgotten = [source for source in sent_from(module) if not broker.keeps(source, cursor_of(module, sent(source)))]
    return sum(_send_again(module, source) for source in forgotten)


def _send_again(module: str, source: str) -> int:
    connection = connections[module]
    with transaction.atomic(using=module), connection.cursor() as cursor:
        forget(module, sent(source))
        cursor.execute(
            f"UPDATE tearline_outbox SET due_at = {_clock.now(connection)}, finished_at = NULL"
            f" WHERE discarded IS NULL AND finished_at > {_clock.now_plus(connection)} AND %s IN (%s, topic)",
            [-RECENT.total_seconds(), source, module],
        )
        count: int = cursor.rowcount
    logger.warning("the broker has forgotten what was sent from %s: %d events are sent again", source, count)
    return count
