"""Who does what when something is announced."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tearline.events._events import Event, EventError
from tearline.facades._operations import module_of

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Listener:
    """A handler under its stable name, `<module>.<deed>`, which finds its rows again after a restart."""

    name: str
    module: str
    event: type[Event]
    handle: Callable[[Any], None] = field(repr=False)


by_name: dict[str, Listener] = {}
"""In the order in which they were declared."""


def on(event: type[E], *, name: str | None = None) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Have the function called for each such event, in a transaction of its own module, until it succeeds.

    `name`: the stable name, when the function is renamed. By default `<module>.<function>`.
    """

    def register(handle: Callable[[E], None]) -> Callable[[E], None]:
        module = module_of(handle.__module__)
        listener = Listener(name or f"{module}.{handle.__name__}", module, event, handle)
        if listener.name in by_name:
            raise EventError(f"two listeners are named {listener.name}")
        by_name[listener.name] = listener
        return handle

    return register


def listeners_of(topic: str) -> tuple[Listener, ...]:
    return tuple(listener for listener in by_name.values() if listener.event.topic == topic)


def listener_named(name: str) -> Listener | None:
    return by_name.get(name)
