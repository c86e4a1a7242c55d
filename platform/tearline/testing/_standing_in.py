"""Letting a test's own facade, handlers, tasks and sagas stand in a module's place."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def written_in(place: str) -> Callable[[T], T]:
    """Make a function or class pass for one that is written in `modules.<place>`, such as `orders.handlers`."""

    def move(it: T) -> T:
        it.__module__ = f"modules.{place}"
        return it

    return move


@contextlib.contextmanager
def hosting(interface: Callable[..., T], local: object) -> Iterator[T]:
    """The facade of this interface, kept by `local`, in place of its module's own one.

    Raises FacadeError when the interface is not written as it must be, or `local` lacks an operation.
    """
    # Here, as pytest loads this package before there are settings.
    from tearline.acting import module_of
    from tearline.facades import _hosting, facade_for

    facade = facade_for(interface)
    hosted = _hosting.Hosted(interface, local)
    with _restored(_hosting.by_module):
        _hosting.by_module[module_of(interface.__module__)] = hosted
        yield facade


@contextlib.contextmanager
def own_declarations() -> Iterator[None]:
    """Events, upcasters, listeners, projections, tasks and sagas that are declared inside are forgotten afterwards."""
    from tearline.events import _listeners, _upcasting, topics
    from tearline.projections import projections
    from tearline.sagas._saga import sagas
    from tearline.work._tasks import tasks

    with (
        _restored(topics),
        _restored(_listeners.by_name),
        _restored(_upcasting.upcasters),
        _restored(projections),
        _restored(tasks),
        _restored(sagas),
    ):
        yield


@contextlib.contextmanager
def _restored(registry: dict[Any, Any]) -> Iterator[None]:
    before = dict(registry)
    try:
        yield
    finally:
        registry.clear()
        registry.update(before)
