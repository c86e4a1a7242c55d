"""From a call on a facade to whoever answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tearline.facades._operations import Operation


class CalledInsideTransaction(RuntimeError):
    """A facade was called with a transaction open: it would commit though the caller rolls back, as if remote."""


class ChainTooLong(RuntimeError):
    """A module asked another one while a third was waiting for its own answer."""


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


def perform(
    module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool = True
) -> Outcome:
    """Carry out a command of a module hosted here, in the name of a caller from outside, once per key.

    `join`: when the same command is being carried out right now, join in (its acts are fit for that) instead of
    raising KeyInFlight. Raises Refusal (KeyReused and Undone among them) and Unavailable.
    """
    return machinery().perform(module, name, arguments, caller=caller, key=key, join=join)
