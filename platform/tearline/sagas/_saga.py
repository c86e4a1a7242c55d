"""What a saga declares: its steps in order, how each is undone, where there is no way back."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar, overload

from django.db import connections
from django.db.models import Model

from tearline.acting import asked_by, module_of
from tearline.models import SagaRow, SagaStepRow
from tearline.sagas import _journal
from tearline.sagas._journal import Why

M = TypeVar("M", bound=Model)

Act = Callable[..., None]
Kind = Literal["local", "remote", "wait"]
STEP_DEADLINE = timedelta(seconds=60)
"""How long a remote step is asked again before it is undone."""

sagas: dict[tuple[str, int], "Saga[Any]"] = {}
"""Every saga that was imported, by name and version."""


class SagaError(TypeError):
    """A saga is not written as it must be. It does not load."""


class NoWayBack(Exception):
    """The saga cannot be cancelled: it has passed its pivot, or has ended."""


@dataclass
class Step(Generic[M]):
    """One step. Calling it does it, outside any saga."""

    name: str
    kind: Kind
    act: Callable[..., Any] = field(repr=False)
    pivot: bool = False
    deadline: timedelta = STEP_DEADLINE
    needs_no_undo: str | None = None
    beside: "Step[M] | None" = None
    undo_act: Act | None = field(default=None, repr=False)

    def undo(self, act: Act) -> Act:
        """Say how this step is undone: under the do's key, fit for repeating, harmless when nothing was done.

        Takes the subject, and the Why if it wants it. A remote step is undone with no transaction open, a local one in
        the transaction that journals it.
        """
        self.undo_act = act
        return act

    def do(self, subject: M) -> None:
        self.act(subject)

    def has_come(self, subject: M) -> bool:
        """For a step that waits: whether what it waits for has come."""
        return bool(self.act(subject))

    def take_back(self, subject: M, why: Why) -> None:
        if self.undo_act is None:
            return
        if len(inspect.signature(self.undo_act).parameters) > 1:
            self.undo_act(subject, why)
        else:
            self.undo_act(subject)


@dataclass(frozen=True)
class Line:
    """One line of a run's journal. `state`: started, done, refused, failing, parked or skipped.

    `why`: what a refusal says, or the reason of the `operator` who said how the step stands; both are empty otherwise.
    """

    at: datetime
    name: str
    kind: Kind
    state: str
    why: str
    operator: str


@dataclass(frozen=True)
class Standing:
    """Where a run that goes on stands: the step at hand, since when, after how many tries, what went wrong last.

    `parked`: it waits for an operator. `again_at`: when it looks by itself; None while it is being carried on.
    """

    saga: str
    step: str
    since: datetime
    attempts: int
    last_error: str
    parked: bool
    again_at: datetime | None


class Saga(Generic[M]):
    """A named list of steps over one subject, a row of the module that owns the saga."""

    def __init__(self, name: str, *, subject: type[M], version: int = 1) -> None:
        """`name` is stable: `<module>.<verb>`. Runs that are under way go on in the version that they began with."""
        if (name, version) in sagas:
            raise SagaError(f"two sagas are named {name}, version {version}")
        self.name, self.subject, self.version = name, subject, version
        self.module = name.split(".")[0]
        self.steps: list[Step[M]] = []
        sagas[name, version] = self

    @overload
    def local(self, act: Act, /) -> Step[M]: ...
    @overload
    def local(
        self, act: None = None, /, *, pivot: bool = False, needs_no_undo: str | None = None
    ) -> Callable[[Act], Step[M]]: ...
    def local(
        self, act: Act | None = None, /, *, pivot: bool = False, needs_no_undo: str | None = None
    ) -> Step[M] | Callable[[Act], Step[M]]:
        """A step on the owner's own rows: it commits with its line in the journal.

        `pivot`: from here on there is no way back. `needs_no_undo`: the reason, in words.
        """

        def add(act: Act) -> Step[M]:
            return self._add(Step(act.__name__, "local", act, pivot=pivot, needs_no_undo=needs_no_undo))

        return add if act is None else add(act)

    @overload
    def remote(self, act: Act, /) -> Step[M]: ...
    @overload
    def remote(
        self,
        act: None = None,
        /,
        *,
        deadline: timedelta = STEP_DEADLINE,
        beside: Step[M] | None = None,
        needs_no_undo: str | None = None,
    ) -> Callable[[Act], Step[M]]: ...
    def remote(
        self,
        act: Act | None = None,
        /,
        *,
        deadline: timedelta = STEP_DEADLINE,
        beside: Step[M] | None = None,
        needs_no_undo: str | None = None,
    ) -> Step[M] | Callable[[Act], Step[M]]:
        """A step that calls one facade, under a key that it derives from the subject. No transaction is open.

        `deadline`: how long it is asked again while it is Unavailable. `beside`: the remote step right above, at the
        same time as which this one is called.
        """

        def add(act: Act) -> Step[M]:
            return self._add(
                Step(act.__name__, "remote", act, deadline=deadline, beside=beside, needs_no_undo=needs_no_undo)
            )

        return add if act is None else add(act)

    def wait(self, *, deadline: timedelta) -> Callable[[Callable[[M], bool]], Step[M]]:
        """A step that rests until something has come from outside: the function tells, from own rows alone.

        Whoever writes those rows, a handler say, calls `wake` in the same transaction. When the deadline passes, the
        run turns back; past the pivot it is parked.
        """

        def add(has_come: Callable[[M], bool]) -> Step[M]:
            reason = "it only looks"
            return self._add(Step(has_come.__name__, "wait", has_come, deadline=deadline, needs_no_undo=reason))

        return add

    def _add(self, step: Step[M]) -> Step[M]:
        if module_of(step.act.__module__) != self.module:
            raise SagaError(f"{self.name}: {step.name} is written in another module")
        if any(known.name == step.name for known in self.steps):
            raise SagaError(f"{self.name}: two steps are named {step.name}")
        self.steps.append(step)
        return step

    def start(self, subject: M) -> None:
        """Do the first step and begin the run, in the open transaction that makes the subject. Once per subject.

        Raises SagaError when no transaction of the module is open.
        """
        if not connections[self.module].in_atomic_block:
            raise SagaError(f"{self.name} is started outside a transaction of {self.module}")
        first = self.steps[0]
        first.do(subject)
        run_id = _journal.begin(self.module, self.name, self.version, str(subject.pk))
        entry = _journal.Entry("done", attempts=1, worker=asked_by())
        _journal.write(self.module, run_id, {(first.name, "do"): entry})

    def wake(self, subject: M) -> None:
        """Have the run look again for what it waits for. In the transaction of the module that has written it down."""
        _journal.wake(self.module, self.name, str(subject.pk))

    def cancel(self, subject: M, why: Why) -> None:
        """Have the run turn back, as soon as the step at hand is over. In an open transaction of the module.

        Harmless when it is turning back already. Raises NoWayBack after the pivot and when the run has ended.
        """
        run = _journal.locked_run(self.module, self.name, str(subject.pk))
        ended = run.finished_at is not None
        if run.cancel_code or (run.failure_code and not ended):
            return
        begun = sagas.get((run.name, run.version), self)
        beyond = [step.name for step in begun.steps if step.pivot]
        if ended or _journal.any_settled(self.module, run, beyond):
            raise NoWayBack(f"{self.name} of {subject.pk} is {run.state}")
        _journal.request_cancel(self.module, run, why)

    def state_of(self, subject: M) -> str | None:
        """running, completed, undoing, undone or parked; None when it was never started."""
        runs = SagaRow.objects.using(self.module).filter(name=self.name, subject_id=str(subject.pk))
        return runs.values_list("state", flat=True).first()

    def was_answered(self, subject: M, step: Step[M]) -> bool:
        """Whether a remote step's facade has answered that it did what it was asked for.

        What an operator skipped, or knew to be done, was not answered.
        """
        of_the_run = {"saga__name": self.name, "saga__subject_id": str(subject.pk)}
        done = {"name": step.name, "direction": "do", "state": SagaStepRow.State.DONE, "operator": ""}
        return SagaStepRow.objects.using(self.module).filter(**of_the_run, **done).exists()

    def standing(self, subject: M) -> Standing | None:
        """None when the run has ended, or was never started."""
        runs = SagaRow.objects.using(self.module).filter(name=self.name, subject_id=str(subject.pk))
        run = runs.filter(finished_at=None).first()
        if run is None:
            return None
        steps = run.steps.order_by("-started_at", "-id")
        at_hand = steps.filter(finished_at=None).first() or steps[0]
        return Standing(
            saga=self.name,
            step=self._deed_of(at_hand),
            since=at_hand.started_at,
            attempts=at_hand.attempts,
            last_error=at_hand.error.strip().rpartition("\n")[2],
            parked=run.parked_at is not None,
            again_at=run.due_at if run.owner is None else None,
        )

    def _deed_of(self, row: SagaStepRow) -> str:
        """In words."""
        undone_as = {step.name: step.undo_act.__name__ for step in self.steps if step.undo_act}
        return (row.name if row.direction == "do" else undone_as.get(row.name, row.name)).replace("_", " ")

    def history(self, subject: M) -> list["Line"]:
        """What the journal says of each step that was begun, in the order in which that last changed."""
        kinds = {step.name: step.kind for step in self.steps}
        rows = SagaStepRow.objects.using(self.module).filter(saga__name=self.name, saga__subject_id=str(subject.pk))
        lines = [
            Line(
                at=row.finished_at or row.started_at,
                name=self._deed_of(row),
                kind=kinds.get(row.name, "remote"),
                state=row.state,
                why=row.error if row.operator or row.state == SagaStepRow.State.REFUSED else "",
                operator=row.operator,
            )
            for row in rows
        ]
        return sorted(lines, key=lambda line: line.at)

    def validate(self) -> None:
        """Raises SagaError when the first step is not local, or one before the pivot cannot be undone."""
        if not self.steps or self.steps[0].kind != "local":
            raise SagaError(f"{self.name}: the first step starts the saga and must be local")
        if sum(step.pivot for step in self.steps) > 1:
            raise SagaError(f"{self.name}: there is one pivot at most")
        for above, step in zip(self.steps, self.steps[1:], strict=False):
            if step.beside is not None and (step.beside is not above or above.kind != "remote"):
                raise SagaError(f"{self.name}: {step.name} can only stand beside the remote step right above it")
        for step in self.steps[: self.pivot]:
            if step.undo_act is None and not (step.needs_no_undo or "").strip():
                raise SagaError(f"{self.name}: {step.name} has neither an undo nor a reason why it needs none")
        for step in self.steps[self.pivot :]:
            if step.undo_act is not None:
                raise SagaError(
                    f"{self.name}: {step.name} can never be undone, for there is no way back from the pivot"
                )

    @property
    def levels(self) -> list[list[Step[M]]]:
        """The steps in order, those that stand beside each other together."""
        levels: list[list[Step[M]]] = []
        for step in self.steps:
            if step.beside is None:
                levels.append([])
            levels[-1].append(step)
        return levels

    @property
    def pivot(self) -> int:
        """The index of the pivot; the number of steps when there is none."""
        return next((index for index, step in enumerate(self.steps) if step.pivot), len(self.steps))

    def deadline_of(self, line: SagaStepRow) -> datetime | None:
        """Until when a step is tried, or waited for. None when that is over, or has no end."""
        step = next((step for step in self.steps if step.name == line.name), None)
        if step is None or line.direction == "undo" or line.finished_at is not None:
            return None
        bounded = step.kind == "wait" or self.steps.index(step) <= self.pivot
        return line.started_at + step.deadline if bounded else None
