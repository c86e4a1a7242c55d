"""Taking events in: into the log, and into the rows that are shown."""

from collections.abc import Sequence
from typing import Protocol

from tearline.crash_points import reached
from tearline.events import Event
from tearline.events._listeners import Announced
from tearline.models import FoldedEvent, ProjectionRow
from tearline.projections._read_models import filling


class Foldable(Protocol):
    """A projection, as far as events are taken in."""

    name: str
    module: str

    def make_of(self, events: Sequence[Event]) -> None: ...


def take_in(projection: Foldable, announced: Sequence[Announced]) -> None:
    """In an open transaction. What is in the log already has had its effect."""
    row = locked(projection)
    new = _new(projection, announced)
    if not new:
        return
    FoldedEvent.objects.using(projection.module).bulk_create(
        FoldedEvent(
            projection=projection.name,
            position=position,
            event_id=each.event.id,
            topic=each.topic,
            payload=each.payload,
        )
        for position, each in enumerate(new, start=row.position + 1)
    )
    with filling(projection.name, row.generation):
        projection.make_of([each.event for each in new])
    row.position += len(new)
    row.newest = max(filter(None, [row.newest, *(each.event.occurred_at for each in new)]))
    row.save(update_fields=["position", "newest"])
    reached("projection.folded")


def locked(projection: Foldable) -> ProjectionRow:
    """How far it has got, and nobody gets further until the open transaction ends."""
    rows = ProjectionRow.objects.using(projection.module)
    found = rows.select_for_update().filter(pk=projection.name)
    if row := found.first():
        return row
    rows.bulk_create([ProjectionRow(name=projection.name)], ignore_conflicts=True)
    return found.get()


def _new(projection: Foldable, announced: Sequence[Announced]) -> list[Announced]:
    once = {each.event.id: each for each in announced}
    log = FoldedEvent.objects.using(projection.module).filter(projection=projection.name, event_id__in=once)
    known = set(log.values_list("event_id", flat=True))
    return [each for event_id, each in once.items() if event_id not in known]
