"""Comparing a read model with what it tells of, while that goes on changing."""

import contextlib
from collections.abc import Iterator
from time import sleep

from django.db import connections, transaction

from tearline.acting import acting_as
from tearline.databases import wait_until_served
from tearline.events import Event, _upcasting
from tearline.models import FoldedEvent, InboxRow, OutboxRow
from tearline.projections._projections import Projection
from tearline.projections._standing import in_the_inbox, in_the_outbox

PAUSES = (1.0, 2.0)
"""Seconds after which a difference to what other modules know is looked at again."""


def check(projection: Projection) -> list[str]:
    """What the module's own comparison finds, in sentences; none when all is the same."""
    if projection.asks_others:
        return _found_each_time(projection)
    with _one_moment(projection.module):
        return list(projection.differences(_waiting(projection)))


def _found_each_time(projection: Projection) -> list[str]:
    with acting_as(projection.module):
        found = list(projection.differences(_waiting(projection)))
        for pause in PAUSES if found else ():
            sleep(pause)
            again = set(projection.differences(_waiting(projection)))
            found = [difference for difference in found if difference in again]
    return found


@contextlib.contextmanager
def _one_moment(module: str) -> Iterator[None]:
    """Every statement sees the same: what was committed when the first one began."""
    wait_until_served(module)
    with transaction.atomic(using=module, durable=True):
        if connections[module].vendor == "postgresql":
            with connections[module].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _waiting(projection: Projection) -> list[Event]:
    """What is in the module's own outbox or in the projection's inbox, and not in its log, each once."""
    rows: list[OutboxRow | InboxRow] = [*in_the_outbox(projection, projection.module), *in_the_inbox(projection)]
    log = FoldedEvent.objects.using(projection.module).filter(projection=projection.name)
    folded = set(log.filter(event_id__in=[row.event_id for row in rows]).values_list("event_id", flat=True))
    waiting = {row.event_id: row for row in rows if row.event_id not in folded}
    heard = ((row, projection.heard_as(row.topic)) for row in waiting.values())
    return [_upcasting.read(row.topic, row.payload, event) for row, event in heard if event]
