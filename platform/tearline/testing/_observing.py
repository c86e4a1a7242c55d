"""Who asks and hears whom while a test runs, to be held against what is declared."""

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tearline.boundaries import asked_by_modules, heard_by_modules
from tearline.boundaries._models import owners_of_tables
from tearline.facades import _calls
from tearline.facades._operations import Operation
from tearline.journeys import Announced, Journey, Writes

WRITTEN = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(?P<table>\w+)", re.IGNORECASE)


@dataclass
class Observed:
    """What was seen. `calls`: how often (caller, operation).

    `announced`: how often each topic; `delivered`: how many events (topic, to another module). `writes`: of each
    transaction that wrote a module's own rows, (module, the tables).
    """

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    heard: set[tuple[str, str]] = field(default_factory=set)
    announced: Counter[str] = field(default_factory=Counter)
    delivered: Counter[tuple[str, str]] = field(default_factory=Counter)
    writes: list[tuple[str, set[str]]] = field(default_factory=list)

    @property
    def asked(self) -> set[tuple[str, str]]:
        """(module, the module that it asked)"""
        return {(caller, name.partition(".")[0]) for caller, name in self.calls if caller in _modules()}

    def calls_between_modules(self) -> dict[str, int]:
        """How often each operation was called by a module: `orders > payments.authorize`."""
        return {f"{caller} > {name}": count for (caller, name), count in self.calls.items() if caller in _modules()}

    def as_journey(self, name: str, *, waited_for: bool, of_an_order: bool) -> Journey:
        """What was seen, to be kept: see `tearline.readiness`. Of calls those on another module, whoever made them."""
        calls: dict[str, dict[str, int]] = {}
        for (caller, operation), count in sorted(self.calls.items()):
            if caller.isidentifier() and caller not in ("outside", operation.partition(".")[0]):
                calls.setdefault(caller, {})[operation] = count
        return Journey(
            name=name,
            waited_for=waited_for,
            of_an_order=of_an_order,
            calls=calls,
            events={
                topic: Announced(times=self.announced[topic], heard=self._heard(topic)) for topic in self._topics()
            },
            transactions={module: self._written(module) for module in sorted({module for module, _ in self.writes})},
        )

    def _topics(self) -> list[str]:
        """Of events that were announced, or arrived."""
        return sorted({*self.announced, *(topic for topic, _ in self.delivered)})

    def _heard(self, topic: str) -> dict[str, int]:
        return {module: count for (told, module), count in _sorted(self.delivered) if told == topic}

    def _written(self, module: str) -> Writes:
        written = [sorted(tables) for whose, tables in self.writes if whose == module]
        return Writes(times=len(written), widest=max(written, key=lambda tables: (len(tables), tables)))

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
    """See every facade call that is made in this process meanwhile, and every event that is in an inbox afterwards.

    What is written is seen in this thread.
    """
    observed = Observed()
    real = _calls.machinery()
    announced, delivered = _announced(), _delivered()
    _calls.install(_Witness(real, observed))
    try:
        with ExitStack() as stack:
            for module in _modules():
                stack.enter_context(connections[module].execute_wrapper(partial(_watch, observed)))
            yield observed
    finally:
        _calls.install(real)
        observed.announced = _announced() - announced
        observed.delivered = _delivered() - delivered
        observed.heard |= {(module, topic.partition(".")[0]) for topic, module in _delivered()}


def _announced() -> Counter[str]:
    """How many events of each topic are in outboxes."""
    from tearline.models import OutboxRow  # when apps are loaded: the plugin is imported before

    return Counter(
        topic for module in _modules() for topic in OutboxRow.objects.using(module).values_list("topic", flat=True)
    )


def _delivered() -> Counter[tuple[str, str]]:
    """How many events of each topic are in the inbox of each other module, however many listen there."""
    from tearline.models import InboxRow  # when apps are loaded: the plugin is imported before

    return Counter(
        (topic, module)
        for module in _modules()
        for topic, _ in InboxRow.objects.using(module).values_list("topic", "event_id").distinct()
        if not topic.startswith(f"{module}.")
    )


def _watch(
    observed: Observed, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    connection: BaseDatabaseWrapper = context["connection"]
    written = WRITTEN.match(sql)
    if written and owners_of_tables().get(written["table"]) == connection.alias:
        _tables_of_transaction(observed, connection).add(written["table"])
    return execute(sql, params, many, context)


def _tables_of_transaction(observed: Observed, connection: BaseDatabaseWrapper) -> set[str]:
    """Those that the open transaction has written so far. It is the same one while it still holds our hook."""
    for hook in (callback[1] for callback in connection.run_on_commit):
        if isinstance(hook, _Ended):
            return hook.tables
    ended = _Ended(set())
    observed.writes.append((connection.alias, ended.tables))
    if connection.in_atomic_block:
        connection.on_commit(ended)
    return ended.tables


@dataclass(frozen=True)
class _Ended:
    """Left with a transaction, which forgets it when it ends."""

    tables: set[str]

    def __call__(self) -> None:
        """There is nothing to do."""


@dataclass(frozen=True)
class _Witness:
    """The machinery, and somebody who writes down what it is asked."""

    machinery: _calls.Machinery
    observed: Observed

    def refuse_open_transaction(self, operation: Operation) -> None:
        self.machinery.refuse_open_transaction(operation)

    def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
        self.observed.calls[caller, operation.full_name] += 1
        return self.machinery.call(operation, arguments, key, caller)

    def perform(
        self, module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool
    ) -> _calls.Outcome:
        self.observed.calls[caller, f"{module}.{name}"] += 1
        return self.machinery.perform(module, name, arguments, caller=caller, key=key, join=join)


def _declared() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(who asks whom, who hears whom)"""
    file = settings.BASE_DIR / ".importlinter"
    return _pairs(asked_by_modules(file)), _pairs(heard_by_modules(file))


def _sorted(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counter.items())


def _pairs(declared: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    return {(module, other) for module, others in declared.items() for other in others}


def _modules() -> list[str]:
    return list(settings.TEARLINE_TOPOLOGY.hosted)
