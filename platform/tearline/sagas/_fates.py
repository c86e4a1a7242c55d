"""How every step of a run stands, and what follows from it."""

from typing import Any

from tearline.models import SagaStepRow
from tearline.sagas._journal import SETTLED, Direction, Entry, Key
from tearline.sagas._saga import Saga, Step

Fate = SagaStepRow.State


class Fates:
    """Reads the entries as they stand at the moment: whoever adds to them is heard of."""

    def __init__(self, saga: Saga[Any], entries: dict[Key, Entry]) -> None:
        self._saga, self._entries = saga, entries

    def of(self, step: Step[Any], direction: Direction) -> str | None:
        entry = self._entries.get((step.name, direction))
        return entry.state if entry else None

    def is_to_be_done(self, step: Step[Any]) -> bool:
        return self.of(step, "do") not in SETTLED

    def is_to_be_undone(self, step: Step[Any]) -> bool:
        """Done, or perhaps done, and not undone. Local steps leave no doubt; what was skipped has no effect."""
        fate = self.of(step, "do")
        done = fate not in (None, Fate.REFUSED, Fate.SKIPPED) if step.kind == "remote" else fate == Fate.DONE
        return done and step.undo_act is not None and self.of(step, "undo") not in SETTLED

    def is_unknown(self, step: Step[Any]) -> bool:
        """Asked for, and nobody knows whether it was done."""
        return step.kind == "remote" and self.of(step, "do") in (Fate.STARTED, Fate.FAILING)

    @property
    def past_the_pivot(self) -> bool:
        return any(step.pivot and not self.is_to_be_done(step) for step in self._saga.steps)
