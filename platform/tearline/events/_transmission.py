"""From a module's outbox to the broker, for those who listen in other processes."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import connections, transaction

from tearline.crash_points import reached
from tearline.events._broker import Broker, Told
from tearline.events._cursors import SENT, cursor_of, forget, move
from tearline.events._envelope import enclosed, sealed
from tearline.models import OutboxRow
from tearline.work import _clock

RECENT = timedelta(days=1)
"""What was sent within it is sent again when the broker has forgotten it. `tearline.work._purging` keeps for longer
what tells a repeated event from a new one."""

logger = logging.getLogger(__name__)


def transmit(broker: Broker, module: str, rows: Sequence[OutboxRow]) -> None:
    """Send announced events of one module, in order. Raises BrokerAway: then none, some or all of them were."""
    before = cursor_of(module, SENT)
    after = broker.send(module, [Told(row.stream, sealed(enclosed(row))) for row in rows])
    reached("outbox.transmitted")
    move(module, SENT, since=before, to=after)


def send_again_what_was_forgotten(broker: Broker, module: str) -> int:
    """When the broker has lost what this module has sent: make what is recent due once more. How many events that is.

    Whoever has heard them knows them by their ids. Raises BrokerAway.
    """
    last = cursor_of(module, SENT)
    if not last or broker.keeps(module, last):
        return 0
    connection = connections[module]
    with transaction.atomic(using=module), connection.cursor() as cursor:
        forget(module, SENT)
        cursor.execute(
            f"UPDATE tearline_outbox SET due_at = {_clock.now(connection)}, finished_at = NULL"
            f" WHERE discarded IS NULL AND finished_at > {_clock.now_plus(connection)}",
            [-RECENT.total_seconds()],
        )
        count: int = cursor.rowcount
    logger.warning("the broker has forgotten what %s has sent: %d events are sent again", module, count)
    return count
