"""Who asks and hears whom while a test runs, to be held against what is declared."""

import contextlib
import contextvars
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from tearline.boundaries import asked_by_modules, heard_by_modules
from tearline.facades import _calls
from tearline.facades._operations import Operation

_chain: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("chain", default=())


@dataclass
class Observed:
    """What was seen. `calls`: how often (caller, operation). `chains`: modules that waited for each other's answers."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    chains: set[tuple[str, ...]] = field(default_factory=set)
    heard: set[tuple[str, str]] = field(default_factory=set)

    @property
    def asked(self) -> set[tuple[str, str]]:
        """(module, the module that it asked)"""
        return {(caller, name.partition(".")[0]) for caller, name in self.calls if caller in _modules()}

    def calls_between_modules(self) -> dict[str, int]:
        """How often each operation was called by a module: `orders > payments.authorize`."""
        return {f"{caller} > {name}": count for (caller, name), count in self.calls.items() if caller in _modules()}

    def undeclared(self) -> list[str]:
        """What was done and is not declared in .importlinter."""
        asks, hears = _declared()
        return sorted(
            [f"{module} asks {other}" for module, other in self.asked - asks]
            + [f"{module} hears {other}" for module, other in self.heard - hears]
        )

    def unseen(self) -> list[str]:
        """What is declared in .importlinter and was not done."""
        asks, hears = _declared()
        return sorted(
            [f"{module} asks {other}" for module, other in asks - self.asked]
            + [f"{module} hears {other}" for module, other in hears - self.heard]
        )


@contextlib.contextmanager
def observing() -> Iterator[Observed]:
    """See every facade call that is made in this process meanwhile, and every event that is in an inbox afterwards."""
    from tearline.models import InboxRow  # when apps are loaded: the plugin is imported before

    observed = Observed()
    real = _calls.machinery()
    _calls.install(_Witness(real, observed))
    try:
        yield observed
    finally:
        _calls.install(real)
        observed.heard |= {
            (module, topic.partition(".")[0])
            for module in _modules()
            for topic in InboxRow.objects.using(module).values_list("topic", flat=True).distinct()
            if not topic.startswith(f"{module}.")
        }


@dataclass(frozen=True)
class _Witness:
    """The machinery, and somebody who writes down what it is asked."""

    machinery: _calls.Machinery
    observed: Observed

    def refuse_open_transaction(self, operation: Operation) -> None:
        self.machinery.refuse_open_transaction(operation)

    def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
        with self._seen(operation.full_name, caller):
            return self.machinery.call(operation, arguments, key, caller)

    def perform(
        self, module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool
    ) -> _calls.Outcome:
        with self._seen(f"{module}.{name}", caller):
            return self.machinery.perform(module, name, arguments, caller=caller, key=key, join=join)

    @contextlib.contextmanager
    def _seen(self, name: str, caller: str) -> Iterator[None]:
        self.observed.calls[caller, name] += 1
        before = _chain.get() or ((caller,) if caller in _modules() else ())
        token = _chain.set((*before, name.partition(".")[0]))
        self.observed.chains.add(_chain.get())
        try:
            yield
        finally:
            _chain.reset(token)


def _declared() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(who asks whom, who hears whom)"""
    file = settings.BASE_DIR / ".importlinter"
    return _pairs(asked_by_modules(file)), _pairs(heard_by_modules(file))


def _pairs(declared: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    return {(module, other) for module, others in declared.items() for other in others}


def _modules() -> list[str]:
    return list(settings.TEARLINE_TOPOLOGY.hosted)
