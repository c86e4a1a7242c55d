"""What is written down of a saga's run: where it stands, and what became of each step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.db import connections
from django.db.models.functions import Now

from tearline.databases import execute_at_commit, on_one_server
from tearline.models import SagaRow, SagaStepRow
from tearline.work import _clock
from tearline.work._doorbell import ring_after_commit
from tearline.work._queues import LEASE, LeaseLost, Queue

KIND = "sagas"
Direction = Literal["do", "undo"]
Key = tuple[str, Direction]
"""A step's name, and whether it is about doing or undoing it."""

SETTLED = (SagaStepRow.State.DONE, SagaStepRow.State.SKIPPED)
"""How a step stands that nobody has to do, or to undo, any more."""

queue = Queue(KIND, SagaRow, parked_as=str(SagaRow.State.PARKED))


@dataclass(frozen=True)
class Why:
    """Why a saga is undone: the code and the sentence of a refusal, or of whoever cancelled it."""

    code: str
    detail: str


@dataclass
class Entry:
    """How a step stands: started, done, refused, failing, parked or skipped; after how many tries; who tried last."""

    state: str
    attempts: int = 0
    error: str = ""
    worker: str = ""

    @property
    def ended(self) -> bool:
        return self.state in (*SETTLED, SagaStepRow.State.REFUSED)


def begin(alias: str, name: str, version: int, subject_id: str) -> int:
    """Have a run carried on once the open transaction has committed. Its id."""
    nothing_yet = dict.fromkeys(("cancel_code", "cancel_detail", "failure_code", "failure_detail"), "")
    run = {"name": name, "version": version, "subject_id": subject_id, "state": str(SagaRow.State.RUNNING)}
    (run_id,) = queue.add(alias, [run | nothing_yet])
    ring_after_commit(KIND, alias)
    return run_id


def hold(alias: str, run: SagaRow, *, got_on: bool) -> None:
    """Lock the run, hold on to it for another lease, and see what others wish of it. Raises LeaseLost.

    `got_on`: whether something has happened since it was claimed, so that whoever died over it before is forgotten.
    """
    connection = connections[alias]
    forget = ", deaths = 0" if got_on else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE tearline_saga SET due_at = {_clock.now_plus(connection)}{forget} WHERE id = %s AND fence = %s"
            " RETURNING state, cancel_code, cancel_detail",
            [LEASE, run.pk, run.fence],
        )
        held = cursor.fetchone()
    if held is None:
        raise LeaseLost(f"{run.name} of {run.subject_id} is in other hands")
    run.state, run.cancel_code, run.cancel_detail = held


def entries_of(alias: str, run: SagaRow) -> dict[Key, Entry]:
    """What is written down of each step so far. Only whoever holds the run adds to it."""
    rows = SagaStepRow.objects.using(alias).filter(saga=run)
    return {
        (row.name, _direction(row.direction)): Entry(row.state, row.attempts, row.error, row.worker) for row in rows
    }


def _direction(text: str) -> Direction:
    return "undo" if text == "undo" else "do"


def write(
    alias: str, run_id: int, entries: dict[Key, Entry], *, last: bool = False, before_calls: bool = False
) -> None:
    """Set down how these steps stand, in one statement. A step's start is kept from the first time.

    `last`: nothing more is done in the open transaction, so that it may travel along with the commit. `before_calls`:
    the steps' facades are called next. What they do is committed later, so that it does not outlive a crash without
    this, if all of it is on one server; then nobody waits until this is on the disk.
    """
    now = _clock.now(connections[alias])
    line = f"(%s, %s, %s, %s, %s, %s, %s, {now}, CASE WHEN %s THEN {now} END)"
    values = [
        value
        for (name, direction), entry in entries.items()
        for value in (
            *(run_id, name, direction, str(entry.state), entry.attempts),
            *(entry.error, entry.worker, entry.ended),
        )
    ]
    statement = (
        "INSERT INTO tearline_saga_step"
        " (saga_id, name, direction, state, attempts, error, worker, started_at, finished_at)"
        f" VALUES {', '.join([line] * len(entries))}"
        " ON CONFLICT (saga_id, name, direction) DO UPDATE SET state = excluded.state,"
        " attempts = excluded.attempts, error = excluded.error, worker = excluded.worker,"
        " finished_at = excluded.finished_at"
    )
    if last:
        execute_at_commit(alias, statement, values, lazily=before_calls and _all_is_here())
        return
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, values)


def _all_is_here() -> bool:
    """Whether whatever a facade may change is on one database server."""
    topology = settings.TEARLINE_TOPOLOGY
    return topology.all_here and on_one_server(topology.hosted)


def began_longer_ago(alias: str, run: SagaRow, step: str, span: timedelta) -> bool:
    """Whether the doing of a step began longer ago than that, by the database's clock."""
    rows = SagaStepRow.objects.using(alias).filter(saga=run, name=step, direction="do")
    return rows.filter(started_at__lt=Now() - span).exists()


def any_settled(alias: str, run: SagaRow, steps: Iterable[str]) -> bool:
    rows = SagaStepRow.objects.using(alias).filter(saga=run, name__in=list(steps), direction="do")
    return rows.filter(state__in=SETTLED).exists()


def locked_run(alias: str, name: str, subject_id: str) -> SagaRow:
    return SagaRow.objects.using(alias).select_for_update().get(name=name, subject_id=subject_id)


def request_cancel(alias: str, run: SagaRow, why: Why) -> None:
    """The run turns back at its next transaction; at once, when it rests."""
    run.cancel_code, run.cancel_detail = why.code, why.detail
    run.save(using=alias, update_fields=["cancel_code", "cancel_detail"])
    wake(alias, run.name, run.subject_id)


def wake(alias: str, name: str, subject_id: str) -> None:
    """Have a run that rests look around now. One that is being carried on looks by itself, in its next transaction."""
    resting = SagaRow.objects.using(alias).filter(owner__isnull=True, due_at__isnull=False)
    resting.filter(name=name, subject_id=subject_id).update(due_at=Now())
    ring_after_commit(KIND, alias)
