"""Who does what when something is announced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tearline.acting import module_of
from tearline.events._events import Event, EventError
from tearline.events._upcasting import path

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Announced:
    """An event as it was announced, and as it is read today."""

    topic: str
    payload: str
    event: Event


class Fold(Protocol):
    """What hears several events, and takes in at once all that come in one transaction, before their handlers."""

    @property
    def name(self) -> str:
        """`<module>.<what>`"""
        ...

    def take_in(self, announced: Sequence[Announced]) -> None:
        """In the transaction that finishes their inbox rows; of one aggregate in publishing order."""
        ...


@dataclass(frozen=True)
class Listener:
    """A handler under its stable name, `<module>.<deed>`, which finds its rows again after a restart.

    `formerly`: names that it had before, the oldest first. `fold`: what takes the event in, with all others of the
    transaction.
    """

    name: str
    module: str
    event: type[Event]
    handle: Callable[[Any], None] = field(repr=False)
    formerly: tuple[str, ...] = ()
    fold: Fold | None = None

    def stream(self, aggregate: str) -> str:
        """What it hears of one aggregate. By its oldest name: a new one neither reorders nor repeats anything.

        All that a fold hears of one publisher's aggregate is one stream.
        """
        if self.fold:
            return f"{self.fold.name}/{self.event.module} {aggregate}"
        return f"{(*self.formerly, self.name)[0]} {aggregate}"


by_name: dict[str, Listener] = {}
"""In the order in which they were declared."""


def on(
    event: type[E], *, name: str | None = None, formerly: tuple[str, ...] = ()
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Have the function called for each such event, in a transaction of its own module, until it succeeds.

    `name`: the stable name, by default `<module>.<function>`. `formerly`: the names it had before, the oldest first, so
    that rows which still have them find it.
    """

    def register(handle: Callable[[E], None]) -> Callable[[E], None]:
        module = module_of(handle.__module__)
        register_listener(Listener(name or f"{module}.{handle.__name__}", module, event, handle, formerly))
        return handle

    return register


def register_listener(listener: Listener) -> None:
    """Raises EventError."""
    for each in (listener.name, *listener.formerly):
        if listener_named(each) is not None:
            raise EventError(f"two listeners are named {each}")
        if each.split(".")[0] != listener.module:
            raise EventError(f"listener {each} belongs to {listener.module} and must be named {listener.module}.<deed>")
    by_name[listener.name] = listener


def listeners_of(topic: str) -> tuple[Listener, ...]:
    """Those of this topic, and of newer ones that it can be turned into."""
    heard_as = set(path(topic))
    return tuple(listener for listener in by_name.values() if listener.event.topic in heard_as)


def listener_named(name: str) -> Listener | None:
    """Whoever has this name, or had it."""
    had_it = (listener for listener in by_name.values() if name in listener.formerly)
    return by_name.get(name) or next(had_it, None)
