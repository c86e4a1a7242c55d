"""Having one listener hear a span of a module's events once more, because an operator wants it to."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tearline.contracts import EventId
from tearline.events import _inbox, _outbox
from tearline.events._envelope import enclosed
from tearline.events._inbox import KIND
from tearline.events._listeners import Listener, listener_named
from tearline.events._upcasting import path
from tearline.models import AuditLine, InboxRow, OutboxRow
from tearline.work._doorbell import ring_after_commit
from tearline.work._operating import record

BATCH = 500
LONGEST_NAME = 200


class CannotReplay(ValueError):
    """There is no such listener or span, or the listener hears nothing of the publisher."""


def replay(publisher: str, *, to: str, since: str, until: str, name: str, who: str, reason: str = "") -> int:
    """Put a span of a module's events into the inbox of one listener again. How many that were. Raises CannotReplay.

    `since` and `until`: an event's id or a time in RFC 3339, both included. The listener hears them in publishing order
    and, of one aggregate, before anything that is announced from now on. Only what it had been given before is
    replayed, and nobody else hears of it.

    `name`: a replay is known by it to the listener, once and for all. Asked for again, it adds nothing to itself.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise CannotReplay(f"a replay's name has 1 to {LONGEST_NAME} characters")
    listener = _listener(to, publisher)
    span = _events(publisher).filter(_edge(publisher, since, "gte"), _edge(publisher, until, "lte"))
    count = 0
    for events in _batches(span):
        heard = [event for event in events if listener.event.topic in path(event.topic)]
        again = _not_asked_for_yet(heard, listener, name)
        if again:
            _ask_for(again, listener, name, publisher=publisher, who=who, reason=reason)
        count += len(again)
    return count


def _listener(name: str, publisher: str) -> Listener:
    listener = listener_named(name)
    if listener is None or listener.module not in settings.TEARLINE_TOPOLOGY.hosted:
        raise CannotReplay(f"no listener is named {name}")
    if listener.event.module != publisher:
        raise CannotReplay(f"{name} hears {listener.event.topic} and nothing of {publisher}")
    return listener


def _events(publisher: str) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.using(publisher).filter(finished_at__isnull=False, discarded__isnull=True)


def _edge(publisher: str, told: str, side: str) -> Q:
    """One end of a span."""
    if told.startswith(f"{EventId.prefix}_"):
        event = OutboxRow.objects.using(publisher).filter(event_id=told).first()
        if event is None:
            raise CannotReplay(f"{publisher} has not announced {told}, or it is purged")
        return Q(**{f"pk__{side}": event.pk})
    return Q(**{f"created_at__{side}": _time(told)})


def _time(told: str) -> datetime:
    try:
        time = datetime.fromisoformat(told)
    except ValueError as error:
        raise CannotReplay(f"{told} is neither an event's id nor a time such as 2026-01-31T12:00:00Z") from error
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    if time > timezone.now():
        raise CannotReplay(f"{told} has yet to come")
    return time


def _batches(span: QuerySet[OutboxRow]) -> Iterator[list[OutboxRow]]:
    last = 0
    while batch := list(span.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _not_asked_for_yet(events: Sequence[OutboxRow], listener: Listener, name: str) -> list[_inbox.Delivery]:
    """What this replay lacks."""
    again = [_inbox.delivery(enclosed(event), listener, replay=name) for event in events]
    there = InboxRow.objects.using(listener.module).filter(replay=name, stream__in={row["stream"] for row in again})
    known = set(there.values_list("event_id", flat=True))
    return [row for row in again if row["event_id"] not in known]


def _ask_for(
    rows: Sequence[_inbox.Delivery], listener: Listener, name: str, *, publisher: str, who: str, reason: str
) -> None:
    what = f"{listener.name} hears {publisher} again: {name}"
    with transaction.atomic(using=listener.module):
        if not AuditLine.objects.using(listener.module).filter(verb="replay", what=what).exists():
            record(listener.module, "replay", who=who, reason=reason, queue=KIND, what=what)
        _outbox.put_into_inbox(listener.module, rows)
        ring_after_commit(KIND, listener.module)
