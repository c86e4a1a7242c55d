"""How a call is answered in this process: on values, or through JSON and back, with commands once per key.

direct   a method call on values
wire     the same through JSON both ways: nothing but contracts ever crosses (the tests' default)
"""

import functools
import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from tearline import idempotency
from tearline.contracts import KeyInFlight, Refusal, Unavailable, Undone
from tearline.crash_points import reached
from tearline.databases import open_transactions
from tearline.events import Event, publish
from tearline.facades._acts import Question, in_acts
from tearline.facades._calls import CalledInsideTransaction, Outcome, acting_as
from tearline.facades._operations import FacadeError, Operation, operations_of
from tearline.idempotency import Scope, Standing


class InProcess:
    """The machinery for modules that this process hosts."""

    def refuse_open_transaction(self, operation: Operation) -> None:
        if operation.kind == "query" and not settings.TEARLINE_STRICT:
            return
        if opened := open_transactions():
            raise CalledInsideTransaction(
                f"{operation.full_name} is called with a transaction open on {', '.join(opened)}"
            )

    def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
        if settings.TEARLINE_FACADES == "wire":
            return _over_the_wire(operation, arguments, key, caller)
        return _answer(operation, arguments, key, caller)

    def perform(
        self, module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool
    ) -> Outcome:
        operation = operations_of(hosted(module).interface)[name]
        self.refuse_open_transaction(operation)
        return _Command(operation, arguments, caller, key, join).carry_out()


@dataclass(frozen=True)
class Hosted:
    """A facade, and whoever keeps it in this process. Raises FacadeError when an operation was forgotten."""

    interface: Callable[..., Any]
    local: Any

    def __post_init__(self) -> None:
        """An operation left out would be answered by the Protocol's empty body: None, to every question."""
        operations = operations_of(self.interface).values()
        forgotten = [each.name for each in operations if getattr(type(self.local), each.name) is each.method]
        if forgotten:
            raise FacadeError(f"{type(self.local).__qualname__} has no {', '.join(forgotten)}")


by_module: dict[str, Hosted] = {}
"""What has been called so far."""


def hosted(module: str) -> Hosted:
    """A module's facade from facade.py, kept by the class in its local.py. Raises FacadeError."""
    if module not in by_module:
        interface = _interface_of(module)
        by_module[module] = Hosted(interface, _local_class(module, interface)())
    return by_module[module]


def _interface_of(module: str) -> Callable[..., Any]:
    """The Protocol that a module's facade.py defines. Raises FacadeError unless there is exactly one."""
    facade = importlib.import_module(f"modules.{module}.facade")
    found = [
        value
        for value in vars(facade).values()
        if inspect.isclass(value) and value.__module__ == facade.__name__ and getattr(value, "_is_protocol", False)
    ]
    if len(found) != 1:
        raise FacadeError(f"modules.{module}.facade must define one Protocol, and defines {len(found)}")
    interface: Callable[..., Any] = found[0]
    return interface


def _local_class(module: str, interface: Callable[..., Any]) -> type:
    """The class in a module's local.py that keeps its facade. Raises FacadeError unless there is exactly one."""
    local = importlib.import_module(f"modules.{module}.local")
    found = [
        value
        for value in vars(local).values()
        if inspect.isclass(value) and value.__module__ == local.__name__ and interface in value.__mro__
    ]
    if len(found) != 1:
        raise FacadeError(f"modules.{module}.local must hold one class that keeps {interface.__name__}")
    return found[0]


def _answer(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    if key is not None:
        return _Command(operation, arguments, caller, key, join=True).carry_out().answer
    with acting_as(caller), acting_as(operation.module):
        return operation.call(getattr(hosted(operation.module).local, operation.name), arguments)


def _over_the_wire(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    told = json.loads(_serve(operation, operation.asked(arguments), key, caller))
    if "refusal" in told:
        raise Refusal.from_json(told["refusal"])
    if "unavailable" in told:
        raise Unavailable(**told["unavailable"])
    return operation.answer.validate_json(json.dumps(told["answer"]))


def _serve(operation: Operation, asked: bytes, key: str | None, caller: str) -> bytes:
    arguments = operation.arguments.validate_json(asked)
    try:
        answer = _answer(operation, arguments, key, caller)
    except Refusal as refusal:
        return json.dumps({"refusal": refusal.to_json()}).encode()
    except Unavailable as unknown:
        told = {"detail": unknown.detail, "maybe_done": unknown.maybe_done, "retry_after": unknown.retry_after}
        return json.dumps({"unavailable": told}).encode()
    return b'{"answer": ' + operation.answered(answer) + b"}"


Act = Callable[[], Any]


@dataclass(frozen=True)
class _Asking:
    """An act ended with a question for the outside world; `go_on` takes the answer, `fail` what went wrong."""

    question: Question
    go_on: Callable[[Any], Any]
    fail: Callable[[BaseException], Any]


@dataclass(frozen=True)
class _Command:
    """A command on its way from key to answer, act by act."""

    operation: Operation
    arguments: Mapping[str, Any]
    caller: str
    key: str
    join: bool

    def carry_out(self) -> Outcome:
        """Raises Refusal, Unavailable."""
        with acting_as(self.caller), acting_as(self.operation.module):
            ended = self._act(self._take, self._begin)
            while isinstance(ended, _Asking):
                ended = self._act(self._resume, self._ask(ended))
            return ended

    @property
    def _scope(self) -> Scope:
        return self._scope_of(self.operation.name)

    def _scope_of(self, name: str) -> Scope:
        return Scope(self.operation.module, self.caller, f"{self.operation.module}.{name}", self.key)

    def _take(self) -> Standing:
        standing = idempotency.take(self._scope, self.operation.fingerprint(self.arguments))
        if not (standing.fresh or standing.answered or self.join) and idempotency.busy(standing):
            raise KeyInFlight(
                f"{self.operation.full_name} is being carried out under the key {self.key}", retry_after=1
            )
        return standing

    def _resume(self) -> Standing:
        return idempotency.resume(self._scope)

    def _begin(self) -> Any:
        """Call the local method. Its key is scoped by the caller, so that it is unique in the module.

        An undo buries what it undoes first, in the same act: no tombstone is left by one that is refused.
        """
        if self.operation.undoes:
            idempotency.bury(self._scope_of(self.operation.undoes))
        method = getattr(hosted(self.operation.module).local, self.operation.name)
        result = self.operation.call(method, self.arguments, key=f"{self.caller}:{self.key}")
        if not in_acts(method):
            return result
        return _advance(result, lambda: next(result))

    def _ask(self, asking: _Asking) -> Act:
        """Ask the outside world with no transaction open; what comes of it starts the next act."""
        reached("command.asking")
        try:
            answer = asking.question()
        except Exception as error:  # noqa: BLE001 - the act decides what each failure means
            reached("command.asked")
            return functools.partial(asking.fail, error)
        reached("command.asked")
        return functools.partial(asking.go_on, answer)

    def _act(self, stand: Callable[[], Standing], act: Act) -> "Outcome | _Asking":
        """One act in one transaction. Raises the Refusal or Unavailable that the act ended with, once committed.

        When the command was answered or undone while it was asking, an answer is repeated, but an undo is not a reason
        to leave out the act: what the outside world did has to be written down.
        """
        reached("command.act")
        failure: Refusal | Unavailable | None = None
        with transaction.atomic(using=self.operation.module, durable=True):
            standing = stand()
            if standing.answered and not standing.row.undone:
                return self._replay(standing)
            result, failure = self._try(act)
            if isinstance(failure, Refusal):
                self._refuse(standing, failure)
            elif isinstance(failure, Unavailable):
                idempotency.leave_open(standing)
            elif failure is None and not isinstance(result, _Asking):
                failure = self._store(standing, result)
            reached("command.commit")
        reached("command.committed")
        if failure is not None:
            raise failure
        return result if isinstance(result, _Asking) else Outcome(result, replayed=False)

    def _try(self, act: Act) -> tuple[Any, Refusal | Unavailable | None]:
        """What a refused act wrote is taken back; what an act wrote that could not tell is kept."""
        try:
            with transaction.atomic(using=self.operation.module):
                try:
                    return act(), None
                except Unavailable as unknown:
                    return None, unknown
        except Refusal as refusal:
            return None, refusal

    def _refuse(self, standing: Standing, refusal: Refusal) -> None:
        if isinstance(refusal, Undone):
            return
        publish(*(event for event in refusal.announcements if isinstance(event, Event)))
        idempotency.answer(standing, json.dumps(refusal.to_json()), refused=True)

    def _store(self, standing: Standing, result: Any) -> Undone | None:
        try:
            idempotency.answer(standing, self.operation.answered(result).decode(), refused=False)
        except Undone as undone:
            return undone
        return None

    def _replay(self, standing: Standing) -> Outcome:
        if standing.row.refused:
            refusal = Refusal.from_json(json.loads(standing.row.answer))
            refusal.replayed = True
            raise refusal
        return Outcome(self.operation.answer.validate_json(standing.row.answer), replayed=True)


def _advance(acts: Any, step: Act) -> Any:
    """Run a generator of acts up to its next question or its end."""
    try:
        question = step()
    except StopIteration as end:
        return end.value
    return _Asking(
        question,
        go_on=lambda answer: _advance(acts, lambda: acts.send(answer)),
        fail=lambda error: _advance(acts, lambda: acts.throw(error)),
    )
