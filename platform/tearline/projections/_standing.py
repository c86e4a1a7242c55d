"""How far read models are behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from tearline.events import topics
from tearline.events._upcasting import upcasters
from tearline.models import DueWork, InboxRow, OutboxRow, ProjectionRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tearline.projections._projections import Projection


@dataclass(frozen=True)
class Standing:
    """How a projection stands.

    `position`: how many events it has folded; `newest`: when the newest of these occurred. `waiting`: how many were
    announced that it has not folded, those that are parked among them. `lag`: seconds since the oldest of these was
    announced, 0 when there is none. `as_of`: what was announced before this time is in it. `rebuilding`: how many
    events of its log a rebuild has folded so far, None when there is none.

    What was announced in another process counts from when it has arrived here. What is being delivered may count twice.
    """

    name: str
    module: str
    position: int
    newest: datetime | None
    waiting: int
    lag: float
    as_of: datetime
    rebuilding: int | None


def standing(projection: "Projection") -> Standing:
    """Looks at no finished row, so that asking often costs little."""
    row = ProjectionRow.objects.using(projection.module).filter(pk=projection.name).first() or ProjectionRow()
    now = timezone.now()
    looks = [rows.aggregate(count=Count("pk"), oldest=Min("created_at")) for rows in _unfolded(projection)]
    as_of = min([now, *(look["oldest"] for look in looks if look["oldest"])])
    return Standing(
        projection.name,
        projection.module,
        position=row.position,
        newest=row.newest,
        waiting=sum(look["count"] for look in looks),
        lag=(now - as_of).total_seconds(),
        as_of=as_of,
        rebuilding=row.built_to if row.building else None,
    )


def _unfolded(projection: "Projection") -> "Iterator[QuerySet[DueWork]]":
    """What is in the outboxes here, and in its inbox, and not finished."""
    yield in_the_inbox(projection)
    for publisher in {event.module for event in projection.events} & {*settings.TEARLINE_TOPOLOGY.hosted}:
        yield in_the_outbox(projection, publisher)


def in_the_inbox(projection: "Projection") -> "QuerySet[InboxRow]":
    return InboxRow.objects.using(projection.module).filter(listener__in=projection.listeners, finished_at__isnull=True)


def in_the_outbox(projection: "Projection", publisher: str) -> "QuerySet[OutboxRow]":
    heard = [topic for topic in (*topics, *upcasters) if projection.heard_as(topic)]
    return OutboxRow.objects.using(publisher).filter(topic__in=heard, finished_at__isnull=True)
