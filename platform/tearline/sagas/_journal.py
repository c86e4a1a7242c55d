"""What is written down of a saga's run: where it stands, and what became of each step."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models.functions import Now

from tearline.models import SagaRow, SagaStepRow
from tearline.work._doorbell import ring_after_commit
from tearline.work._queues import Queue

KIND = "sagas"
Direction = Literal["do", "undo"]
queue = Queue(KIND, SagaRow)


@dataclass(frozen=True)
class Why:
    """Why a saga is undone: the code and the sentence of a refusal, or of whoever cancelled it."""

    code: str
    detail: str


def begin(alias: str, name: str, version: int, subject_id: str) -> SagaRow:
    """Have a run carried on once the open transaction has committed."""
    run = SagaRow(name=name, version=version, subject_id=subject_id)
    queue.add(alias, [run])
    ring_after_commit(KIND, alias)
    return run


def steps_of(alias: str, run: SagaRow) -> dict[tuple[str, str], SagaStepRow]:
    """By name and direction."""
    rows = SagaStepRow.objects.using(alias).filter(saga=run)
    return {(row.name, row.direction): row for row in rows}


def write(
    alias: str, run: SagaRow, step: str, direction: Direction, state: str, *, error: str = "", tried: int = 0
) -> SagaStepRow:
    """Set down how a step stands. `tried`: how many tries this adds."""
    row = SagaStepRow.objects.using(alias).filter(saga=run, name=step, direction=direction).first()
    if row is None:
        row = SagaStepRow(saga=run, name=step, direction=direction, started_at=Now())
    row.state, row.error, row.attempts = state, error, row.attempts + tried
    row.finished_at = Now() if state in (SagaStepRow.State.DONE, SagaStepRow.State.REFUSED) else None
    row.save(using=alias)
    return row


def any_done(alias: str, run: SagaRow, steps: Iterable[str]) -> bool:
    rows = SagaStepRow.objects.using(alias).filter(saga=run, name__in=list(steps), direction="do")
    return rows.filter(state=SagaStepRow.State.DONE).exists()


def locked_run(alias: str, name: str, subject_id: str) -> SagaRow:
    return SagaRow.objects.using(alias).select_for_update().get(name=name, subject_id=subject_id)


def request_cancel(alias: str, run: SagaRow, why: Why) -> None:
    """The run turns back at its next transaction; at once, when it rests."""
    run.cancel_code, run.cancel_detail = why.code, why.detail
    run.save(using=alias, update_fields=["cancel_code", "cancel_detail"])
    SagaRow.objects.using(alias).filter(pk=run.pk, owner__isnull=True).update(due_at=Now())
    ring_after_commit(KIND, alias)
