"""What operators do to single rows of durable work: look, have it tried again, give it up.

Each deed may be repeated, and leaves a line in the module's audit together with its effect, or neither.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from tearline.models import AuditLine, DueWork
from tearline.work._carriers import carriers
from tearline.work._doorbell import ring_after_commit
from tearline.work._queues import Queue

Revive = Callable[[str, Sequence[int]], None]
"""(module, ids): makes parked rows with a state of their own fit to go on, in the open transaction."""

_revivers: dict[str, Revive] = {}


class NoSuchWork(LookupError):
    """There is no such queue, or no such row in it."""


class NotParked(Exception):
    """The row is still at work, and would leave things half done. Wait until it has ended or is parked."""


def revives(queue: Queue[Any]) -> Callable[[Revive], Revive]:
    """Make a function the one that revives parked rows of this queue. Only parked ones of it can then be given up."""

    def register(revive: Revive) -> Revive:
        _revivers[queue.name] = revive
        return revive

    return register


def queue_named(name: str) -> Queue[Any]:
    """Raises NoSuchWork."""
    for carrier in carriers:
        if carrier.kind == name:
            return carrier.queue
    raise NoSuchWork(f"no queue is named {name}: there are {', '.join(carrier.kind for carrier in carriers)}")


def look_up(module: str, queue: str, row_id: int) -> DueWork:
    """Raises NoSuchWork."""
    row: DueWork | None = _rows(module, queue_named(queue)).filter(pk=row_id).first()
    if row is None:
        raise NoSuchWork(f"no row {row_id} in {queue} of {module}")
    return row


def parked_ids(module: str, queue: str) -> list[int]:
    """Raises NoSuchWork."""
    rows = _rows(module, queue_named(queue)).filter(parked_at__isnull=False, finished_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def retry(module: str, queue: str, ids: Iterable[int], *, who: str, reason: str = "") -> list[int]:
    """Have rows that are parked, or wait after a failure, tried again now, with as many tries as new ones.

    The ids of those to which that applied; what is finished, due or being worked on is left alone. Raises NoSuchWork.
    """
    wanted = [look_up(module, queue, row_id).pk for row_id in ids]
    with _in_line(module, queue) as kind:
        rests = Q(parked_at__isnull=False) | Q(due_at__gt=Now())
        rows = _rows(module, kind).filter(rests, pk__in=wanted, finished_at__isnull=True, owner__isnull=True)
        again = list(rows.select_for_update())
        rows.filter(pk__in=[row.pk for row in again]).update(due_at=Now(), parked_at=None, attempts=0, deaths=0)
        if queue in _revivers:
            _revivers[queue](module, [row.pk for row in again])
        for row in again:
            record(module, "retry", who=who, reason=reason, queue=queue, row_id=row.pk, what=row.title)
        _free_what_waits(module, kind, again)
        return [row.pk for row in again]


def discard(module: str, queue: str, row_id: int, *, who: str, reason: str) -> bool:
    """Give a row up: it counts as finished, keeps everything and the reason, and holds up nothing any more.

    Whoever is working on it will find the outcome refused. False when it is finished already. Raises NoSuchWork, and
    NotParked for a row that must be parked first.
    """
    look_up(module, queue, row_id)
    with _in_line(module, queue) as kind:
        row = _rows(module, kind).select_for_update().get(pk=row_id)
        if row.finished_at is not None:
            return False
        if queue in _revivers and row.parked_at is None:
            raise NotParked(f"{row.title} is not parked")
        given_up = {"due_at": None, "owner": None, "finished_at": Now(), "discarded": reason, "fence": F("fence") + 1}
        _rows(module, kind).filter(pk=row_id).update(**given_up)
        record(module, "discard", who=who, reason=reason, queue=queue, row_id=row_id, what=row.title)
        _free_what_waits(module, kind, [row])
        return True


def record(
    module: str, verb: str, *, who: str, what: str, queue: str = "", row_id: int | None = None, reason: str = ""
) -> None:
    """Add a line to the module's audit, in the open transaction that does what it says."""
    AuditLine.objects.using(module).create(who=who, verb=verb, queue=queue, row_id=row_id, what=what, reason=reason)


@contextmanager
def _in_line(module: str, queue: str) -> Iterator[Queue[Any]]:
    """A transaction in which nobody claims or sets aside rows of the queue, where order matters in it."""
    found = queue_named(queue)
    with transaction.atomic(using=module):
        found.stand_in_line(module)
        yield found


def _free_what_waits(module: str, queue: Queue[Any], rows: Sequence[Any]) -> None:
    """What was set aside behind these is due again. See `Queue.set_aside`."""
    if queue.position:
        waiting = _rows(module, queue).filter(finished_at__isnull=True, owner__isnull=True, due_at__gt=Now())
        waiting.filter(stream__in={row.stream for row in rows}).update(due_at=Now())
    ring_after_commit(queue.name, module)


def _rows(module: str, queue: Queue[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = queue.model._default_manager.using(module)
    return rows
