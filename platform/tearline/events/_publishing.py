"""The publisher's side of the outbox."""

from collections.abc import Callable, Sequence

from tearline.events._events import Event

Outbox = Callable[[str, Sequence[Event]], None]
_outbox: Outbox | None = None


class NotTheOwner(RuntimeError):
    """Only the module that owns an event may publish it, in a transaction of its own."""


def install(outbox: Outbox) -> None:
    global _outbox  # noqa: PLW0603 - set once, when Django is ready
    _outbox = outbox


def publish(*events: Event) -> None:
    """Announce facts of one module, in that module's open transaction: they are announced if and only if it commits.

    Raises NotTheOwner when no transaction of the owning module is open, or when another module is acting.
    """
    if _outbox is None:
        raise RuntimeError("call django.setup() first")
    for module in {event.module: None for event in events}:
        _outbox(module, [event for event in events if event.module == module])
