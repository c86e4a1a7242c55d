"""Bugs that show when the answer to a COMMIT is lost. Known to the nursery beside those of `planted`."""

from collections.abc import Sequence
from typing import Any

from tearline.models import DueWork
from tearline.work._queues import Queue
from tests.faults.planted import bug, instead


@bug
def take_a_lost_answer_for_a_failure() -> None:
    """Whoever does not hear that its commit went through does the work once more, finished or not."""

    @instead(Queue, "_settle")
    def distrustful(
        settle: Any, queue: Queue[Any], alias: str, rows: Sequence[DueWork], *given: Any, **named: Any
    ) -> None:
        for row in rows:
            queue.model._default_manager.using(alias).filter(pk=row.pk, fence=row.fence).update(finished_at=None)
        settle(queue, alias, rows, *given, **named)
