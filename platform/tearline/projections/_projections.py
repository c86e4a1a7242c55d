"""What a module declares of a projection."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import AutoField, UniqueConstraint

from tearline.acting import module_of
from tearline.events import Event
from tearline.events._listeners import Announced, Listener, register_listener
from tearline.events._upcasting import path
from tearline.projections import _folding
from tearline.projections._read_models import ReadModel

Folding = Callable[[Sequence[Any]], None]
Differences = Callable[[Sequence[Any]], Iterable[str]]

projections: dict[str, "Projection"] = {}
"""By name, in the order in which they were declared."""


class ProjectionError(TypeError):
    """A projection is not declared as it must be."""


class Projection:
    """Read models of a module, and the events that they are made of.

    Its name, `<module>.<what>`, is that of its log: a projection with another name begins with an empty one.
    """

    def __init__(self, name: str, *, tables: Sequence[type[ReadModel]], events: Sequence[type[Event]]) -> None:
        """Raises ProjectionError, and EventError when there is one of this name."""
        self.name, self.module = name, name.partition(".")[0]
        self.tables, self.events = tuple(tables), tuple(events)
        self._fold: Folding | None = None
        self._check: Differences | None = None
        self.asks_others = False
        if flaws := [*self._flaws()]:
            raise ProjectionError(f"{name}: {'; '.join(flaws)}")
        for listener in self._listeners():
            register_listener(listener)
        projections[name] = self

    def fold(self, function: Folding) -> Folding:
        """Make a function the one that takes events in, in order: it writes rows of the tables, and nothing else.

        What it writes follows from the events and from these rows alone, or else from rows of the module that never
        change once such an event has been announced. It is called with every event once for each generation of rows.
        """
        if module_of(function.__module__) != self.module:
            raise ProjectionError(f"{self.name} is folded by its own module")
        self._fold = function
        return function

    def check(self, function: Differences) -> Differences:
        """Make a function the one that compares the read model with what it tells of, in sentences, one a difference.

        It sees the module's database as it is at one moment, and is given the events that were announced by then and
        are not folded yet.
        """
        self._check = function
        return function

    def check_by_asking(self, function: Differences) -> Differences:
        """The same for what other modules know: it asks their facades, and so sees no single moment.

        What differs only because an event is on its way is looked at again.
        """
        self.asks_others = True
        return self.check(function)

    def validate(self) -> None:
        """Raises ProjectionError."""
        if self._fold is None or self._check is None:
            raise ProjectionError(f"{self.name} needs a fold and a check")

    def take_in(self, announced: Sequence[Announced]) -> None:
        """See `tearline.events`."""
        _folding.take_in(self, announced)

    def make_of(self, events: Sequence[Event]) -> None:
        """Have the fold do its work."""
        if self._fold and events:
            self._fold(events)

    def differences(self, waiting: Sequence[Event]) -> Iterable[str]:
        """What the module's own comparison finds."""
        self.validate()
        return self._check(waiting) if self._check else ()

    def heard_as(self, topic: str) -> type[Event] | None:
        """The event as which one of this topic is read; None when it does not make use of any such."""
        newer = set(path(topic))
        return next((event for event in self.events if event.topic in newer), None)

    @property
    def listeners(self) -> list[str]:
        """The names by which its inbox rows know it."""
        return [listener.name for listener in self._listeners()]

    def _listeners(self) -> Iterator[Listener]:
        for event in self.events:
            fact = event.topic.split(".")[1]
            yield Listener(f"{self.name}.{fact}", self.module, event, _left_to_the_fold, fold=self)

    def _flaws(self) -> Iterator[str]:
        if self.name in projections:
            yield "there is one already"
        for table in self.tables:
            if getattr(table, "projection", None) != self.name or table._meta.app_label != self.module:
                yield f"{table.__name__} is a table of another one"
            if not isinstance(table._meta.pk, AutoField):
                yield f"{table.__name__} has keys that would be the same in two generations"
            unique = [each for each in table._meta.constraints if isinstance(each, UniqueConstraint)]
            if any("generation" not in each.fields for each in unique):
                yield f"{table.__name__} has something that is unique in all generations"


def _left_to_the_fold(_event: Event) -> None:
    """It is taken in with the others of its transaction."""
