"""What comes next in a saga, and what it means when something went wrong: decided and journalled in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Model

from tearline.contracts import Refusal
from tearline.models import SagaRow, SagaStepRow
from tearline.observability import about, watching
from tearline.sagas import _journal
from tearline.sagas._fates import Fates
from tearline.sagas._journal import Direction, Entry, Key, Why, queue
from tearline.sagas._saga import Saga, SagaError, Step
from tearline.work._queues import told
from tearline.work._retry import default_retry, is_put_off

_AS: dict[Direction, Literal["step", "undo"]] = {"do": "step", "undo": "undo"}
State = SagaRow.State
Fate = SagaStepRow.State


@dataclass(frozen=True)
class Call:
    """A remote step that is to be done or undone now, for the so many-eth time."""

    course: "Course"
    step: Step[Any]
    direction: Direction
    subject: Model
    attempt: int

    def make(self) -> None:
        """Raises whatever the step raises."""
        with self.course.watched(self.step, self.direction, self.attempt):
            self.course.act(self.step, self.direction, self.subject)


@dataclass(frozen=True)
class Happened:
    """What came of a call: nothing went wrong, a Refusal, or an error that leaves open whether it was done."""

    call: Call
    error: Exception | None


@dataclass(frozen=True)
class Setback:
    """The run cannot go on now: it rests for so many seconds, or, without a number, waits for an operator."""

    error: BaseException
    wait: float | None


class Course:
    """One run, for as long as it is held by whoever carries it on."""

    def __init__(self, alias: str, row: SagaRow, saga: Saga[Any], entries: dict[Key, Entry]) -> None:
        self.alias, self.row, self.saga, self.entries = alias, row, saga, entries
        self.fates = Fates(saga, entries)
        self._news: dict[Key, Entry] = {}
        self._undone_now: set[str] = set()
        self._undo_error: Exception | None = None

    def next(self, happened: list[Happened]) -> list[Call]:
        """Record what happened and do what is ours to do. The calls to make next; none when the run rests or has ended.

        In the open transaction that holds the run. Steps that stand beside each other are called together.
        """
        setbacks = [setback for each in happened if (setback := self._record(each))]
        calls = self._after(setbacks)
        self._write_down(last=True, before_calls=bool(calls))
        return calls

    def _after(self, setbacks: list[Setback]) -> list[Call]:
        if self.row.state == State.RUNNING and self.row.cancel_code and not self.fates.past_the_pivot:
            self._turn_back(Why(self.row.cancel_code, self.row.cancel_detail))
        if self.row.state == State.UNDOING:
            return self._undo()
        return self._rest(setbacks[0]) if setbacks else self._do()

    def _record(self, happened: Happened) -> Setback | None:
        step, error = happened.call.step, happened.error
        if error is None:
            self._note(step, happened.call.direction, Fate.DONE)
            return None
        if happened.call.direction == "do":
            return self._do_failed(step, error)
        self._undo_failed(step, error)
        return None

    # Forward

    def _do(self) -> list[Call]:
        for level in self.saga.levels:
            left = [step for step in level if self.fates.is_to_be_done(step)]
            if left and left[0].kind == "remote":
                return [self._call(step, "do") for step in left]
            for step in left:
                setback = self._do_local(step) if step.kind == "local" else self._look_for(step)
                if self.row.state == State.UNDOING:
                    return self._undo()
                if setback:
                    return self._rest(setback)
        return self._end(State.COMPLETED)

    def _do_local(self, step: Step[Any]) -> Setback | None:
        """The step commits with its line in the journal, or neither does."""
        self._write_down()  # what came before has ended before
        attempt = self._note(step, "do", Fate.STARTED, tried=1).attempts
        try:
            with self.watched(step, "do", attempt), transaction.atomic(using=self.alias):
                step.do(self._subject(lock=True))
        except Exception as error:  # noqa: BLE001 - only a Refusal says that nothing happened
            return self._do_failed(step, error)
        self._note(step, "do", Fate.DONE)
        return None

    def _look_for(self, step: Step[Any]) -> Setback | None:
        """Whether what the step waits for has come. Until then the run rests; it is woken, or looks again by itself."""
        if step.has_come(self._subject()):
            self._note(step, "do", Fate.DONE)
            return None
        self._note(step, "do", Fate.STARTED, tried=1)
        missing = TimeoutError(f"{step.name} has not come")
        if not self._too_late(step):
            return Setback(missing, min(60.0, step.deadline.total_seconds() / 10))
        if self.fates.past_the_pivot:
            return Setback(missing, None)
        self._turn_back(Why("tearline.deadline_passed", f"{step.name} did not come in time"))
        return None

    def _do_failed(self, step: Step[Any], error: Exception) -> Setback | None:
        """A refusal, or a deadline gone by, turns the run back; else the step is tried again later."""
        if isinstance(error, Refusal) and not self.fates.past_the_pivot:
            self._note(step, "do", Fate.REFUSED, error=error)
            self._turn_back(Why(error.code, error.detail))
            return None
        attempts = self._note_failure(step, "do", error).attempts
        if not self.fates.past_the_pivot and self._too_late(step):
            self._turn_back(Why("tearline.deadline_passed", f"{step.name} got no answer in time: {error}"))
            return None
        retry = default_retry()
        if self.fates.past_the_pivot and retry.exhausted(attempts):
            return Setback(error, None)
        return Setback(error, min(retry.wait(attempts, error), step.deadline.total_seconds() / 4))

    # Back

    def _undo(self) -> list[Call]:
        for step in self.saga.steps[::-1]:
            if not self._wants_undo(step):
                continue
            self._undone_now.add(step.name)
            if step.kind == "remote":
                return [self._call(step, "undo")]
            self._undo_local(step)
        return self._end_undo()

    def _wants_undo(self, step: Step[Any]) -> bool:
        """Not when it waits for an operator, or was tried a moment ago."""
        tried = self.fates.of(step, "undo") == Fate.PARKED or step.name in self._undone_now
        return self.fates.is_to_be_undone(step) and not tried

    def _undo_local(self, step: Step[Any]) -> None:
        self._write_down()
        attempt = self._note(step, "undo", Fate.STARTED, tried=1).attempts
        try:
            with self.watched(step, "undo", attempt), transaction.atomic(using=self.alias):
                self.act(step, "undo", self._subject(lock=True))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other steps are undone all the same
            self._undo_failed(step, error)
        else:
            self._note(step, "undo", Fate.DONE)

    def _undo_failed(self, step: Step[Any], error: Exception) -> None:
        """The others are undone all the same. A refusal will not change its mind: it waits for an operator."""
        attempts = self._note_failure(step, "undo", error).attempts
        if isinstance(error, Refusal) or default_retry().exhausted(attempts):
            self._note(step, "undo", Fate.PARKED, error=error)
        self._undo_error = error

    def _end_undo(self) -> list[Call]:
        undone = [entry for (_, direction), entry in self.entries.items() if direction == "undo"]
        failing = [entry for entry in undone if entry.state == Fate.FAILING]
        parked = [entry for entry in undone if entry.state == Fate.PARKED]
        if failing:
            wait = default_retry().wait(max(entry.attempts for entry in failing), self._undo_error)
            return self._rest(Setback(SagaError(failing[0].error), wait))
        return self._rest(Setback(SagaError(parked[0].error), None)) if parked else self._end(State.UNDONE)

    def _turn_back(self, why: Why) -> None:
        self.row.state, self.row.failure_code, self.row.failure_detail = State.UNDOING, why.code, why.detail
        self.row.save(using=self.alias, update_fields=["state", "failure_code", "failure_detail"])

    # How it rests, and how it ends

    def _rest(self, setback: Setback) -> list[Call]:
        if setback.wait is not None:
            queue.rest(self.alias, self.row, error=setback.error, wait=setback.wait)
        else:
            self.row.state = State.PARKED
            queue.park(self.alias, self.row, error=setback.error)
        return []

    def _end(self, state: str) -> list[Call]:
        self.row.state = state
        queue.finish(self.alias, [self.row], state=state)
        return []

    # What is known, and what is written down

    def act(self, step: Step[Any], direction: Direction, subject: Model) -> None:
        if direction == "do":
            step.do(subject)
        else:
            step.take_back(subject, Why(self.row.failure_code, self.row.failure_detail))

    def _call(self, step: Step[Any], direction: Direction) -> Call:
        attempt = self._note(step, direction, Fate.STARTED, tried=1).attempts
        return Call(self, step, direction, self._subject(), attempt)

    def _subject(self, *, lock: bool = False) -> Model:
        rows = self.saga.subject._default_manager.using(self.alias)
        subject: Model = (rows.select_for_update() if lock else rows).get(pk=self.row.subject_id)
        return subject

    def _too_late(self, step: Step[Any]) -> bool:
        return _journal.began_longer_ago(self.alias, self.row, step.name, step.deadline)

    def _note(
        self, step: Step[Any], direction: Direction, state: str, *, error: Exception | None = None, tried: int = 0
    ) -> Entry:
        """Set down before the transaction ends. A refusal in its own words, another error with its traceback."""
        key: Key = (step.name, direction)
        before = self.entries.get(key)
        why = error.detail if isinstance(error, Refusal) else told(error) if error else ""
        entry = Entry(state, (before.attempts if before else 0) + tried, why, self.row.owner or "")
        self.entries[key] = self._news[key] = entry
        return entry

    def _note_failure(self, step: Step[Any], direction: Direction, error: Exception) -> Entry:
        """What was put off before anything was done does not count as a try."""
        return self._note(step, direction, Fate.FAILING, error=error, tried=-1 if is_put_off(error) else 0)

    def _write_down(self, *, last: bool = False, before_calls: bool = False) -> None:
        if self._news:
            _journal.write(self.alias, self.row.pk, self._news, last=last, before_calls=before_calls)
            self._news = {}

    @contextmanager
    def watched(self, step: Step[Any], direction: Direction, attempt: int) -> Iterator[None]:
        deed = step.undo_act.__name__ if direction == "undo" and step.undo_act else step.name
        with about(attempt=attempt), watching(_AS[direction], f"{self.row.name}.{deed}"):
            yield
