"""Making a read model anew from its log, bit by bit, while events go on being folded.

    begun       a generation is named that nobody reads, and what earlier ones have left is deleted
    folded      some events at a time, in a transaction each, into that generation
    shown       with the last events, in their transaction: from here on readers see the new rows
    cleared     the rows that were shown before are deleted

Whoever folds holds the lock on the projection's row. So what is announced meanwhile is either in the log before the
last look at it, or is folded into the new rows like any event after it. A rebuild that was killed has left rows that
nobody reads, and the next one begins anew: the fold may have been mended since.
"""

import contextlib
from collections.abc import Iterator, Sequence

from django.db import connections, transaction
from django.utils import timezone

from tearline.acting import acting_as
from tearline.crash_points import reached
from tearline.databases import wait_until_served
from tearline.events import Event, _upcasting
from tearline.models import FoldedEvent, ProjectionRow
from tearline.projections._folding import locked
from tearline.projections._projections import Projection
from tearline.projections._read_models import filling
from tearline.work._operating import record

BATCH = 200
"""Events that are folded, and rows that are deleted, in one transaction. Others who fold wait for so long."""


class LogIncomplete(Exception):
    """Events that were folded are not in the log any more. What is shown stays."""


class Overtaken(Exception):
    """Another rebuild of the same projection has begun since, and is the one that counts."""


def rebuild(projection: Projection, *, who: str, reason: str = "") -> int:
    """Make its rows anew. Of how many events. Raises LogIncomplete, Overtaken, and whatever the fold raises."""
    generation = _begin(projection, who, reason)
    reached("rebuild.begun")
    _clear(projection)
    while not _caught_up(projection, generation):
        reached("rebuild.folded")
    reached("rebuild.shown")
    _clear(projection)
    return ProjectionRow.objects.using(projection.module).get(pk=projection.name).position


@contextlib.contextmanager
def _at_work(projection: Projection) -> Iterator[None]:
    wait_until_served(projection.module)
    with transaction.atomic(using=projection.module, durable=True), acting_as(projection.module):
        yield


def _begin(projection: Projection, who: str, reason: str) -> int:
    """The generation that is to be shown."""
    with _at_work(projection):
        row = locked(projection)
        row.building, row.built_to = max(row.generation, row.building or 0) + 1, 0
        row.save(update_fields=["building", "built_to"])
        record(projection.module, "rebuild", who=who, reason=reason, what=projection.name)
        return row.building


def _caught_up(projection: Projection, generation: int) -> bool:
    """Fold the next events of the log. Whether those were the last ones, and the new rows are shown."""
    with _at_work(projection):
        row = locked(projection)
        if row.building != generation:
            raise Overtaken(f"another rebuild of {projection.name} has begun")
        told = _after(projection, row)
        with filling(projection.name, generation):
            projection.make_of(_read(projection, told))
        row.built_to += len(told)
        if row.built_to == row.position:
            row.generation, row.building, row.rebuilt_at = generation, None, timezone.now()
        row.save(update_fields=["built_to", "generation", "building", "rebuilt_at"])
        reached("rebuild.folding")
        return row.building is None


def _after(projection: Projection, row: ProjectionRow) -> list[FoldedEvent]:
    """What comes next in the log, with nothing missing in between. Raises LogIncomplete."""
    log = FoldedEvent.objects.using(projection.module).filter(projection=projection.name)
    told = list(log.filter(position__gt=row.built_to).order_by("position")[:BATCH])
    wanted = range(row.built_to + 1, min(row.built_to + BATCH, row.position) + 1)
    if [each.position for each in told] != list(wanted):
        missing = sorted({*wanted} - {each.position for each in told})
        raise LogIncomplete(
            f"{len(missing)} events that {projection.name} has folded are not in its log, from number {missing[0]} on"
        )
    return told


def _read(projection: Projection, told: Sequence[FoldedEvent]) -> list[Event]:
    """As they are read today. What the projection makes no use of any more is left out."""
    heard = ((each, projection.heard_as(each.topic)) for each in told)
    return [_upcasting.read(each.topic, each.payload, event) for each, event in heard if event]


def _clear(projection: Projection) -> None:
    """Delete what is neither shown nor being made, so that nobody who folds waits for long."""
    for table in projection.tables:
        while _cleared(projection, table._meta.db_table):
            reached("rebuild.cleared")


def _cleared(projection: Projection, table: str) -> int:
    connection = connections[projection.module]
    with _at_work(projection), connection.cursor() as cursor:
        row = locked(projection)
        cursor.execute(
            f'DELETE FROM "{table}" WHERE id IN ('
            f'SELECT id FROM "{table}" WHERE generation NOT IN (%s, %s) LIMIT {BATCH:d})',
            [row.generation, row.building or row.generation],
        )
        count: int = cursor.rowcount
        return count
