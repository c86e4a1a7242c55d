"""Carries a saga on: one transaction between two calls on the outside, which says what happened and what comes next."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now

from tearline.contracts import Refusal
from tearline.crash_points import reached
from tearline.facades import acting_as
from tearline.models import SagaRow, SagaStepRow
from tearline.observability import about, resuming, watching
from tearline.sagas import _journal
from tearline.sagas._journal import Direction, Why, queue
from tearline.sagas._saga import Saga, SagaError, Step, sagas
from tearline.work._carriers import carries
from tearline.work._queues import LeaseLost, told, unless_lost
from tearline.work._retry import default_retry

_AS: dict[Direction, Literal["step", "undo"]] = {"do": "step", "undo": "undo"}
State = SagaRow.State
Fate = SagaStepRow.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """A remote step that is to be done or undone now."""

    step: Step[Any]
    direction: Direction
    subject: Model


@dataclass(frozen=True)
class Happened:
    """What came of a call: nothing went wrong, a Refusal, or an error that leaves open whether it was done."""

    call: Call
    error: Exception | None


@carries(queue, may_wait=True)
def advance(alias: str, owner: str) -> int:
    """Claim one saga of a module and carry it on until it rests or ends. How many there were."""
    rows = queue.claim(alias, owner=owner, limit=1)
    for row in rows:
        reached("saga.claimed")
        with resuming(row.trace, module=alias, saga=row.name, subject=row.subject_id):
            _carry_on(alias, row)
    return len(rows)


def _carry_on(alias: str, row: SagaRow) -> None:
    try:
        with acting_as(alias), watching("saga", row.name, since=row.created_at) as watched:
            _Run(alias, row, _saga_of(row)).go_on()
            watched.outcome = str(row.state)
    except LeaseLost:
        logger.warning("%s of %s went on elsewhere", row.name, row.subject_id)
    except Exception as error:
        logger.exception("%s of %s cannot go on", row.name, row.subject_id)
        with unless_lost():
            _stumbled(alias, row, error)


def _saga_of(row: SagaRow) -> Saga[Any]:
    saga = sagas.get((row.name, row.version))
    if saga is None:
        raise SagaError(f"no saga is named {row.name}, version {row.version}")
    return saga


def _stumbled(alias: str, row: SagaRow, error: Exception) -> None:
    """The saga itself is at fault, or the database: no step's own failure comes here."""
    retry = default_retry()
    if isinstance(error, SagaError) or retry.exhausted(row.attempts):
        queue.park(alias, row, error=error)
    else:
        queue.retry_later(alias, row, error=error, wait=retry.wait(row.attempts))


class _Run:
    """One run, held by this thread for as long as its fence is the latest."""

    def __init__(self, alias: str, row: SagaRow, saga: Saga[Any]) -> None:
        self.alias, self.row, self.saga = alias, row, saga
        self.steps: dict[tuple[str, str], SagaStepRow] = {}
        self.tried: set[str] = set()

    def go_on(self) -> None:
        """Between two transactions at most one call is made. Raises LeaseLost."""
        happened: Happened | None = None
        while True:
            reached("saga.transaction")
            with transaction.atomic(using=self.alias, durable=True):
                self._hold()
                call = self._next(happened)
                reached("saga.commit")
            reached("saga.committed")
            if call is None:
                return
            happened = self._call(call)

    def _hold(self) -> None:
        """The fence first: whoever has lost the run writes nothing."""
        queue.renew(self.alias, self.row)
        self.row.refresh_from_db(using=self.alias)
        self.steps = _journal.steps_of(self.alias, self.row)

    def _call(self, call: Call) -> Happened:
        act = call.step.do if call.direction == "do" else self._undo_of(call.step)
        try:
            with self._watched(call.step, call.direction):
                act(call.subject)
        except Exception as error:  # noqa: BLE001 - only a Refusal says that nothing happened
            logger.info("%s of %s: %s: %r", self.row.name, self.row.subject_id, call.step.name, error)
            return Happened(call, error)
        else:
            return Happened(call, None)
        finally:
            reached("saga.called")

    def _undo_of(self, step: Step[Any]) -> Any:
        return lambda subject: step.take_back(subject, self._why())

    def _why(self) -> Why:
        return Why(self.row.failure_code, self.row.failure_detail)

    # What comes next

    def _next(self, happened: Happened | None) -> Call | None:
        if happened is not None and not self._record(happened):
            return None
        if self.row.state == State.RUNNING and self.row.cancel_code and not self._past_the_pivot():
            self._turn_back(Why(self.row.cancel_code, self.row.cancel_detail))
        return self._next_undo() if self.row.state == State.UNDOING else self._next_do()

    def _record(self, happened: Happened) -> bool:
        """Whether the run goes on now."""
        step, error = happened.call.step, happened.error
        if error is None:
            self._write(step, happened.call.direction, Fate.DONE)
            return True
        if happened.call.direction == "undo":
            return self._undo_failed(step, error)
        return self._do_failed(step, error)

    def _next_do(self) -> Call | None:
        for step in self.saga.steps:
            if self._fate(step, "do") == Fate.DONE:
                continue
            if step.kind == "remote":
                self._write(step, "do", Fate.STARTED, tried=1)
                return Call(step, "do", self._subject())
            if not self._do_local(step):
                return None
            if self.row.state == State.UNDOING:
                return self._next_undo()
        self._end(State.COMPLETED)
        return None

    def _do_local(self, step: Step[Any]) -> bool:
        """Whether the run goes on now. The step commits with its line in the journal, or neither does."""
        try:
            with self._watched(step, "do"), transaction.atomic(using=self.alias):
                step.do(self._subject(lock=True))
        except Exception as error:  # noqa: BLE001 - only a Refusal says that nothing happened
            return self._do_failed(step, error)
        self._write(step, "do", Fate.DONE, tried=1)
        return True

    def _next_undo(self) -> Call | None:
        for step in reversed(self.saga.steps):
            if not self._wants_undo(step):
                continue
            self.tried.add(step.name)
            if step.kind == "remote":
                self._write(step, "undo", Fate.STARTED, tried=1)
                return Call(step, "undo", self._subject())
            self._undo_local(step)
        self._end_undo()
        return None

    def _wants_undo(self, step: Step[Any]) -> bool:
        """Done, or perhaps done; and not undone, given up, or tried a moment ago. Local steps leave no doubt."""
        fate = self._fate(step, "do")
        done = fate == Fate.DONE if step.kind == "local" else fate not in (None, Fate.REFUSED)
        settled = self._fate(step, "undo") in (Fate.DONE, Fate.PARKED)
        return done and not settled and step.undo_act is not None and step.name not in self.tried

    def _undo_local(self, step: Step[Any]) -> None:
        try:
            with self._watched(step, "undo"), transaction.atomic(using=self.alias):
                step.take_back(self._subject(lock=True), self._why())
        except Exception as error:  # noqa: BLE001 - whatever it is, the other steps are undone all the same
            self._write(step, "undo", Fate.FAILING, tried=1)
            self._undo_failed(step, error)
        else:
            self._write(step, "undo", Fate.DONE, tried=1)

    # When something goes wrong

    def _do_failed(self, step: Step[Any], error: Exception) -> bool:
        """A refusal, or a deadline gone by, turns the run back; else the step is tried again later."""
        if isinstance(error, Refusal) and not self._past_the_pivot():
            self._write(step, "do", Fate.REFUSED, error=error)
            self._turn_back(Why(error.code, error.detail))
            return True
        row = self._write(step, "do", Fate.FAILING, error=error, tried=int(step.kind == "local"))
        if not self._past_the_pivot() and self._too_late(step, row):
            self._turn_back(Why("tearline.deadline_passed", f"{step.name} got no answer in time: {error}"))
            return True
        if self.row.cancel_code and not self._past_the_pivot():
            return True
        retry = default_retry()
        if self._past_the_pivot() and retry.exhausted(row.attempts):
            self._end(State.PARKED, error)
        else:
            wait = min(retry.wait(row.attempts), step.deadline.total_seconds() / 4)
            queue.rest(self.alias, self.row, error=error, wait=wait)
        return False

    def _undo_failed(self, step: Step[Any], error: Exception) -> bool:
        """The others are undone all the same. A refusal will not change its mind: it waits for an operator."""
        attempts = self.steps[step.name, "undo"].attempts
        hopeless = isinstance(error, Refusal) or default_retry().exhausted(attempts)
        self._write(step, "undo", Fate.PARKED if hopeless else Fate.FAILING, error=error)
        return True

    def _too_late(self, step: Step[Any], row: SagaStepRow) -> bool:
        rows = SagaStepRow.objects.using(self.alias).filter(pk=row.pk)
        return rows.filter(started_at__lt=Now() - step.deadline).exists()

    def _turn_back(self, why: Why) -> None:
        self.row.state, self.row.failure_code, self.row.failure_detail = State.UNDOING, why.code, why.detail
        self.row.save(using=self.alias, update_fields=["state", "failure_code", "failure_detail"])

    # How it ends

    def _end_undo(self) -> None:
        fates = [row for (_, direction), row in self.steps.items() if direction == "undo"]
        failing = [row for row in fates if row.state == Fate.FAILING]
        parked = [row for row in fates if row.state == Fate.PARKED]
        if failing:
            wait = default_retry().wait(max(row.attempts for row in failing))
            queue.rest(self.alias, self.row, error=SagaError(failing[0].error), wait=wait)
        elif parked:
            self._end(State.PARKED, SagaError(parked[0].error))
        else:
            self._end(State.UNDONE)

    def _end(self, state: str, error: Exception | None = None) -> None:
        self.row.state = state
        self.row.save(using=self.alias, update_fields=["state"])
        if error is None:
            queue.finish(self.alias, [self.row])
        else:
            queue.park(self.alias, self.row, error=error)

    # What is known

    def _subject(self, *, lock: bool = False) -> Model:
        rows = self.saga.subject._default_manager.using(self.alias)
        subject: Model = (rows.select_for_update() if lock else rows).get(pk=self.row.subject_id)
        return subject

    def _fate(self, step: Step[Any], direction: Direction) -> str | None:
        row = self.steps.get((step.name, direction))
        return row.state if row else None

    def _past_the_pivot(self) -> bool:
        return any(step.pivot and self._fate(step, "do") == Fate.DONE for step in self.saga.steps)

    @contextmanager
    def _watched(self, step: Step[Any], direction: Direction) -> Iterator[None]:
        """Remote steps have counted this try already."""
        row = self.steps.get((step.name, direction))
        attempt = (row.attempts if row else 0) + (step.kind == "local")
        deed = step.undo_act.__name__ if direction == "undo" and step.undo_act else step.name
        with about(attempt=attempt), watching(_AS[direction], f"{self.row.name}.{deed}"):
            yield

    def _write(
        self, step: Step[Any], direction: Direction, state: str, *, error: Exception | None = None, tried: int = 0
    ) -> SagaStepRow:
        why = error.detail if isinstance(error, Refusal) else told(error) if error else ""
        row = _journal.write(self.alias, self.row, step.name, direction, state, error=why, tried=tried)
        self.steps[step.name, direction] = row
        return row
