"""What operators do to a run that does not get on by itself: skip a step, say what became of one, turn the run back.

Each deed may be repeated, and commits together with its line in the module's audit. The run then goes on at once,
parked or not. Whoever was carrying it on just then is shut out by the fence, and finds the outcome refused; a call that
is under way is not stopped by that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from tearline.models import SagaRow, SagaStepRow
from tearline.sagas import _journal
from tearline.sagas._fates import Fates
from tearline.sagas._journal import KIND, Direction, Why
from tearline.sagas._saga import NoWayBack, Saga, Step, sagas
from tearline.work._doorbell import ring_after_commit
from tearline.work._operating import NoSuchWork, record

State = SagaRow.State
Fate = SagaStepRow.State


class NoSuchStep(LookupError):
    """The saga has no step of that name, or no saga of the run's name and version is known here."""


class NotSo(Exception):
    """The run or the step does not stand as what is asked for supposes."""


def skip(module: str, run_id: int, name: str, *, who: str, reason: str) -> bool:
    """Take a step as not needed: the run goes on as if it were done, and nothing of it will be undone.

    On the way back, take its undo as not needed. False when it was skipped before. Raises NoSuchWork, NoSuchStep, and
    NotSo when it is not the step's turn, or there is nothing to skip.
    """
    with _held(module, run_id) as run:
        step = run.step(name)
        if Fate.SKIPPED in (run.fates.of(step, "do"), run.fates.of(step, "undo")):
            return False
        run.refuse_if_ended()
        if run.goes_back:
            run.refuse_unless_to_be_undone(step)
        else:
            run.refuse_unless_its_turn(step)
        run.say(step, "undo" if run.goes_back else "do", Fate.SKIPPED, who=who, reason=reason)
        run.goes_on("skip", f"{run.row.title}: {name}", who=who, reason=reason)
        return True


def resolve(module: str, run_id: int, name: str, *, done: bool, who: str, reason: str) -> bool:
    """Say what became of a remote step that nobody knows the outcome of.

    Done: the run goes on, and undoes it should it turn back. Not done: it counts as refused, so the run turns back and
    does not undo it. False when that is known already. Raises NoSuchWork and NoSuchStep, NotSo when there is no doubt,
    and NoWayBack for a step that was not done after the pivot.
    """
    with _held(module, run_id) as run:
        step = run.step(name)
        if run.fates.of(step, "do") == (Fate.DONE if done else Fate.REFUSED):
            return False
        run.refuse_if_ended()
        run.refuse_unless_unknown(step)
        if done:
            run.say(step, "do", Fate.DONE, who=who, reason=reason)
        else:
            run.was_not_done(step, who=who, reason=reason)
        what = f"{run.row.title}: {name} was {'done' if done else 'not done'}"
        run.goes_on("resolve", what, who=who, reason=reason)
        return True


def undo(module: str, run_id: int, *, who: str, reason: str) -> bool:
    """Turn a run back. What was done, or may have been, is undone in reverse.

    False when it turns back already, or is undone. Raises NoSuchWork, NoSuchStep, and NoWayBack after the pivot and
    when the run has ended.
    """
    with _held(module, run_id) as run:
        if run.goes_back and run.row.discarded is None:
            return False
        if run.row.finished_at is not None:
            raise NoWayBack(run.ended)
        run.turn_back(run.cancelled or Why("tearline.undone_by_operator", "It was turned back by an operator."))
        run.goes_on("undo", run.row.title, who=who, reason=reason)
        return True


class _Run:
    """A run that is locked for as long as the transaction is open."""

    def __init__(self, module: str, row: SagaRow, saga: Saga[Any]) -> None:
        self.module, self.row, self._saga = module, row, saga
        self.fates = Fates(saga, _journal.entries_of(module, row))

    @property
    def goes_back(self) -> bool:
        """A parked run has a failure to its name when it was being undone."""
        return self.row.state in (State.UNDOING, State.UNDONE) or bool(self.row.failure_code)

    @property
    def cancelled(self) -> Why | None:
        """Why others have asked that it turn back, if they have."""
        return Why(self.row.cancel_code, self.row.cancel_detail) if self.row.cancel_code else None

    @property
    def ended(self) -> str:
        """How, in words."""
        how = f"has ended as {self.row.state}" if self.row.discarded is None else "was given up"
        return f"{self.row.title} {how}"

    def step(self, name: str) -> Step[Any]:
        for step in self._saga.steps:
            if step.name == name:
                return step
        names = ", ".join(step.name for step in self._saga.steps)
        raise NoSuchStep(f"{self.row.name} has no step {name}: there are {names}")

    def refuse_if_ended(self) -> None:
        if self.row.finished_at is not None:
            raise NotSo(self.ended)

    def refuse_unless_its_turn(self, step: Step[Any]) -> None:
        if not self.fates.is_to_be_done(step):
            raise NotSo(f"{step.name} is done: what is done can only be undone, with the whole run")
        turn = next(level for level in self._saga.levels if any(map(self.fates.is_to_be_done, level)))
        if step not in turn:
            raise NotSo(f"it is not the turn of {step.name} yet, but of {turn[0].name}")

    def refuse_unless_to_be_undone(self, step: Step[Any]) -> None:
        if not self.fates.is_to_be_undone(step):
            raise NotSo(f"the run turns back, and of {step.name} nothing is left to undo")

    def refuse_unless_unknown(self, step: Step[Any]) -> None:
        if step.kind != "remote":
            raise NotSo(f"{step.name} is a {step.kind} step, and leaves no doubt about what became of it")
        if not self.fates.is_unknown(step):
            raise NotSo(f"there is no doubt about {step.name}: it is {self.fates.of(step, 'do') or 'not begun'}")

    def say(self, step: Step[Any], direction: Direction, fate: str, *, who: str, reason: str) -> None:
        """Set down in the journal how the step stands, by whose word and why."""
        said = {"state": fate, "error": reason, "operator": who, "finished_at": Now()}
        SagaStepRow.objects.using(self.module).update_or_create(
            saga=self.row,
            name=step.name,
            direction=direction,
            defaults=said,
            create_defaults=said | {"started_at": Now()},
        )

    def was_not_done(self, step: Step[Any], *, who: str, reason: str) -> None:
        """So nothing of it is left to undo, and what failed to undo it was not needed."""
        if not self.goes_back:
            self.turn_back(Why("tearline.not_done", f"{step.name} was not done, as an operator found."))
        self.say(step, "do", Fate.REFUSED, who=who, reason=reason)
        if self.fates.of(step, "undo"):
            self.say(step, "undo", Fate.SKIPPED, who=who, reason=reason)

    def turn_back(self, why: Why) -> None:
        """Raises NoWayBack past the pivot."""
        if self.fates.past_the_pivot:
            raise NoWayBack(f"{self.row.title} has passed its pivot, from where there is only forward: retry or skip")
        self.row.failure_code, self.row.failure_detail = why.code, why.detail

    def goes_on(self, verb: str, what: str, *, who: str, reason: str) -> None:
        """At once, in its direction. Whoever holds the run holds it no more."""
        state = State.UNDOING if self.goes_back else State.RUNNING
        failure = {"failure_code": self.row.failure_code, "failure_detail": self.row.failure_detail}
        afresh = {"due_at": Now(), "owner": None, "parked_at": None, "attempts": 0, "fence": F("fence") + 1}
        SagaRow.objects.using(self.module).filter(pk=self.row.pk).update(state=state, **failure, **afresh)
        record(self.module, verb, who=who, reason=reason, queue=KIND, row_id=self.row.pk, what=what)
        ring_after_commit(KIND, self.module)


@contextmanager
def _held(module: str, run_id: int) -> Iterator[_Run]:
    with transaction.atomic(using=module):
        row = SagaRow.objects.using(module).select_for_update().filter(pk=run_id).first()
        if row is None:
            raise NoSuchWork(f"no row {run_id} in {KIND} of {module}")
        saga = sagas.get((row.name, row.version))
        if saga is None:
            raise NoSuchStep(f"no saga is named {row.name}, version {row.version}: not here, perhaps elsewhere")
        yield _Run(module, row, saga)
