"""Deleting what has long been finished, a few rows at a time.

What is unfinished or parked stays, as does what an operator has given up. Some of what is finished is still needed:

- an inbox row for as long as its event is in the publisher's outbox, from where it may be delivered once more; one from
  another process, for as long as a broker may deliver its event once more;
- a command's key for as long as there is work, or an event that may be replayed, which is older than the key: it may
  ask for the same once more. The key of a command that was never answered stays.

What is in the outboxes and at work in other processes is not known: for that age alone counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from tearline.models import CommandKey, DueWork, InboxRow, OutboxRow, SagaRow, TaskRow
from tearline.work._operating import record

R = TypeVar("R", bound=DueWork)

BATCH = 500
"""Rows that are looked at, and deleted, in one transaction."""

LEAST = timedelta(hours=1)

FROM_ELSEWHERE = timedelta(days=9)
"""How long an inbox row of a publisher in another process is needed. A day after it was sent, an event may be sent once
more, and then a broker keeps it for a week: see `tearline.events`."""

AT_WORK: tuple[type[DueWork], ...] = (SagaRow, TaskRow, InboxRow)
"""What may ask for commands."""


class TooYoung(ValueError):
    """What is asked for would purge what may be needed in a moment."""


def purge(modules: Sequence[str], *, older_than: timedelta, who: str, reason: str = "") -> Counter[str]:
    """Delete what finished longer ago than that. How many rows, by queue. Raises TooYoung."""
    if older_than < LEAST:
        raise TooYoung(f"what has finished within {LEAST} may still be needed")
    before = timezone.now() - older_than
    purges = [_Purge(module, before, who, reason) for module in modules]
    for each in purges:
        each.delete("outbox", _finished(OutboxRow, each.module, before).only("pk"))
    # The outboxes first: what they still hold decides what else is needed.
    keys_before = min([before, *_oldest_that_may_ask()])
    for each in purges:
        each.delete("inbox", _finished(InboxRow, each.module, before).only("event_id", "topic", "finished_at"))
        each.delete("tasks", _finished(TaskRow, each.module, before).only("pk"))
        each.delete("sagas", _finished(SagaRow, each.module, before).only("pk"))
        each.delete("keys", _settled_keys(each.module, keys_before).only("pk"))
    return sum((each.deleted for each in purges), Counter())


class _Purge:
    """One purge of one module. Its line in the audit commits with the first rows that it deletes."""

    def __init__(self, module: str, before: datetime, who: str, reason: str) -> None:
        self.module, self.before, self.who, self.reason = module, before, who, reason
        self.deleted: Counter[str] = Counter()

    def delete(self, queue: str, rows: QuerySet[Any]) -> None:
        for batch in _batches(rows):
            ids = _not_needed(batch) if rows.model is InboxRow else [row.pk for row in batch]
            if not ids:
                continue
            with transaction.atomic(using=self.module):
                if not self.deleted:
                    what = f"what finished before {self.before.isoformat(timespec='seconds')}"
                    record(self.module, "purge", who=self.who, what=what, reason=self.reason)
                rows.model._default_manager.using(self.module).filter(pk__in=ids).delete()
            self.deleted[queue] += len(ids)


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """In their order, each row once, whether it is deleted or not."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _finished(model: type[R], module: str, before: datetime) -> QuerySet[R]:
    return model._default_manager.using(module).filter(finished_at__lt=before, discarded__isnull=True)


def _settled_keys(module: str, before: datetime) -> QuerySet[CommandKey]:
    return CommandKey.objects.using(module).filter(created_at__lt=before).exclude(answer="", undone=False)


def _not_needed(rows: Iterable[InboxRow]) -> list[int]:
    """Those whose event cannot be delivered once more."""
    hosted, young = settings.TEARLINE_TOPOLOGY.hosted, timezone.now() - FROM_ELSEWHERE
    rows = [row for row in rows if _publisher(row) in hosted or (row.finished_at and row.finished_at < young)]
    kept: set[str] = set()
    for publisher in {_publisher(row) for row in rows} & {*hosted}:
        events = OutboxRow.objects.using(publisher).filter(event_id__in=[row.event_id for row in rows])
        kept.update(events.values_list("event_id", flat=True))
    return [row.pk for row in rows if row.event_id not in kept]


def _publisher(row: InboxRow) -> str:
    return row.topic.split(".")[0]


def _oldest_that_may_ask() -> Iterator[datetime]:
    """When the oldest work was made that may yet ask for a command under a key that it has used before."""
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        unfinished = (model._default_manager.using(module).filter(finished_at__isnull=True) for model in AT_WORK)
        replayable = OutboxRow.objects.using(module).filter(discarded__isnull=True)
        for rows in (*unfinished, replayable):
            if oldest := rows.aggregate(oldest=Min("created_at"))["oldest"]:
                yield oldest
