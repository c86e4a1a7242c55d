"""How a module's durable work stands: for operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from tearline.models import DueWork
from tearline.work._carriers import Carrier, carriers


@dataclass(frozen=True)
class Standing:
    """One queue of one module. `due`: rows to be worked on now; `later`: rows that wait, or that are being worked on.

    `lag`: seconds for which the oldest due row has been due; `age`: since the oldest of all that are not finished or
    parked was made. 0 when there is none.
    """

    module: str
    kind: str
    due: int
    later: int
    lag: float
    age: float
    parked: int


@dataclass(frozen=True)
class Parked:
    """A row that nobody will touch until an operator does. `error`: what went wrong last, with its traceback."""

    module: str
    kind: str
    id: int
    what: str
    attempts: int
    error: str


def standings(module: str) -> Iterator[Standing]:
    """Every queue of a module. Looks at no finished row, so that asking often costs little."""
    for carrier in carriers:
        counts = (
            _rows(carrier, module)
            .filter(due_at__isnull=False)
            .aggregate(
                due=Count("id", filter=Q(due_at__lte=Now())),
                later=Count("id", filter=Q(due_at__gt=Now())),
                first_due=Min("due_at", filter=Q(due_at__lte=Now())),
                first_made=Min("created_at"),
            )
        )
        yield Standing(
            module,
            carrier.kind,
            due=counts["due"],
            later=counts["later"],
            lag=_seconds_since(counts["first_due"]),
            age=_seconds_since(counts["first_made"]),
            parked=_parked(carrier, module).count(),
        )


def _seconds_since(time: datetime | None) -> float:
    return max((timezone.now() - time).total_seconds(), 0.0) if time else 0.0


def parked(module: str) -> Iterator[Parked]:
    """Every parked row of a module, oldest first."""
    for carrier in carriers:
        for row in _parked(carrier, module).order_by("id"):
            yield Parked(module, carrier.kind, row.pk, row.title, row.attempts, row.error)


def _parked(carrier: Carrier, module: str) -> Any:
    return _rows(carrier, module).filter(parked_at__isnull=False, finished_at__isnull=True)


def _rows(carrier: Carrier, module: str) -> Any:
    model: type[DueWork] = carrier.queue.model
    return model._default_manager.using(module)
