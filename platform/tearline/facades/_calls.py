"""From a call on a facade to whoever answers it, and what travels along: who calls, and on whose behalf."""

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tearline.facades._operations import Operation

_caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="outside")
_asked_by: contextvars.ContextVar[str] = contextvars.ContextVar("asked_by", default="outside")


class CalledInsideTransaction(RuntimeError):
    """A facade was called with a transaction open: it would commit though the caller rolls back, as if remote."""


class NotInstalled(RuntimeError):
    """Facades were called before Django was set up."""


@dataclass(frozen=True)
class Outcome:
    """What a command answered, and whether it had answered so before under the same key."""

    answer: Any
    replayed: bool


class Machinery(Protocol):
    """What `tearline.apps` hands in: the part that knows Django and the topology."""

    def refuse_open_transaction(self, operation: Operation) -> None: ...

    def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any: ...

    def perform(
        self, module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool
    ) -> Outcome: ...


_machinery: Machinery | None = None


def install(machinery: Machinery) -> None:
    global _machinery  # noqa: PLW0603 - set once, when Django is ready
    _machinery = machinery


def machinery() -> Machinery:
    if _machinery is None:
        raise NotInstalled("call django.setup() first")
    return _machinery


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


def perform(
    module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool = True
) -> Outcome:
    """Carry out a command of a module hosted here, in the name of a caller from outside, once per key.

    `join`: when the same command is being carried out right now, join in (its acts are fit for that) instead of
    raising KeyInFlight. Raises Refusal (KeyReused and Undone among them) and Unavailable.
    """
    return machinery().perform(module, name, arguments, caller=caller, key=key, join=join)
