"""How a module's durable work stands: for operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from tearline.models import DueWork
from tearline.work._carriers import Carrier, carriers


@dataclass(frozen=True)
class Standing:
    """One queue of one module. `due`: rows to be worked on now; `later`: rows that wait, or that are being worked on.

    `lag`: seconds for which the oldest due row has been due; 0 when there is none.
    """

    module: str
    kind: str
    due: int
    later: int
    lag: float
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
    """Every queue of a module."""
    for carrier in carriers:
        rows = _rows(carrier, module)
        counts = rows.aggregate(
            due=Count("id", filter=Q(due_at__lte=Now())),
            later=Count("id", filter=Q(due_at__gt=Now())),
            parked=Count("id", filter=Q(parked_at__isnull=False, finished_at__isnull=True)),
            oldest=Min("due_at", filter=Q(due_at__lte=Now())),
        )
        lag = (timezone.now() - counts["oldest"]).total_seconds() if counts["oldest"] else 0.0
        yield Standing(module, carrier.kind, counts["due"], counts["later"], lag, counts["parked"])


def parked(module: str) -> Iterator[Parked]:
    """Every parked row of a module, oldest first."""
    for carrier in carriers:
        for row in _rows(carrier, module).filter(parked_at__isnull=False, finished_at__isnull=True).order_by("id"):
            yield Parked(module, carrier.kind, row.pk, row.title, row.attempts, row.error)


def _rows(carrier: Carrier, module: str) -> Any:
    model: type[DueWork] = carrier.queue.model
    return model._default_manager.using(module)
