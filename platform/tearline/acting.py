"""Who acts, and on whose behalf; and whose code it is that does."""

import contextlib
import contextvars
from collections.abc import Iterator

_caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="outside")
_asked_by: contextvars.ContextVar[str] = contextvars.ContextVar("asked_by", default="outside")


def caller() -> str:
    """Who is acting in this thread or task: a module's name, `api:<key id>`, or `outside`."""
    return _caller.get()


def asked_by() -> str:
    """On whose behalf the caller is acting: who asked for the command, task or request that is being carried out."""
    return _asked_by.get()


@contextlib.contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Facade calls and published events inside are made in this name. Idempotency keys are scoped by it."""
    asked = _asked_by.set(_caller.get())
    token = _caller.set(name)
    try:
        yield
    finally:
        _caller.reset(token)
        _asked_by.reset(asked)


def module_of(place: str) -> str:
    """The module that a Python module such as `modules.orders.handlers` belongs to: `orders`."""
    return place.split(".")[1] if place.startswith("modules.") else place.split(".")[0]
