"""How a command gets from its key to its answer, once per key; and how a query is answered."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tearline import idempotency
from tearline.acting import acting_as
from tearline.contracts import KeyInFlight, Refusal, Unavailable, Undone
from tearline.crash_points import reached
from tearline.databases import give_back_idle, refuse_unless_served, wait_until_served
from tearline.events import Event, publish
from tearline.facades._acts import Question, in_acts
from tearline.facades._calls import Outcome
from tearline.facades._hosting import hosted
from tearline.facades._operations import Operation
from tearline.idempotency import Scope, Standing
from tearline.observability import watching


def carry_out(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    """Have a module hosted here do what its facade is asked. Raises Refusal, Unavailable."""
    if key is not None:
        return Command(operation, arguments, caller, key, join=True).carry_out().answer
    refuse_unless_served(operation.module)
    with acting_as(caller), acting_as(operation.module), watching("query", operation.full_name):
        return operation.call(getattr(hosted(operation.module).local, operation.name), arguments)


Act = Callable[[], Any]


@dataclass(frozen=True)
class _Asking:
    """An act ended with a question for the outside world; `go_on` takes the answer, `fail` what went wrong."""

    question: Question
    go_on: Callable[[Any], Any]
    fail: Callable[[BaseException], Any]


class _TakenBack(Exception):
    """An act was refused: its transaction is rolled back."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True)
class Command:
    """A command on its way from key to answer, act by act."""

    operation: Operation
    arguments: Mapping[str, Any]
    caller: str
    key: str
    join: bool

    def carry_out(self) -> Outcome:
        """Raises Refusal, Unavailable."""
        name, module = self.operation.full_name, self.operation.module
        refuse_unless_served(module)
        with acting_as(self.caller), acting_as(module), watching("command", name) as watched:
            ended = self._act(self._take, self._begin)
            while isinstance(ended, _Asking):
                ended = self._act(self._resume, self._ask(ended))
            watched.outcome = "replayed" if ended.replayed else "done"
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
        give_back_idle()  # it may take long
        try:
            with watching("question", self.operation.full_name):
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
        wait_until_served(self.operation.module)
        try:
            with transaction.atomic(using=self.operation.module, durable=True):
                standing = stand()
                if standing.answered and not standing.row.undone:
                    return self._replay(standing)
                result, failure = self._try(standing, act)
                reached("command.commit")
        except _TakenBack as taken_back:
            return self._refuse(stand, taken_back.refusal)
        reached("command.committed")
        if failure is not None:
            raise failure
        return result if isinstance(result, _Asking) else Outcome(result, replayed=False)

    def _try(self, standing: Standing, act: Act) -> tuple[Any, Unavailable | Undone | None]:
        """What an act wrote that could not tell is kept. Raises _TakenBack when it was refused."""
        try:
            result = act()
        except Refusal as refusal:
            raise _TakenBack(refusal) from None
        except Unavailable as unknown:
            idempotency.leave_open(standing)
            return None, unknown
        if isinstance(result, _Asking):
            return result, None
        try:
            idempotency.answer(standing, self.operation.answered(result).decode(), refused=False)
        except Undone as undone:
            return None, undone
        return result, None

    def _refuse(self, stand: Callable[[], Standing], refusal: Refusal) -> Outcome:
        """An act was taken back, with its key. Store the refusal along with what it announces, and raise it.

        Whoever has used the key in the meantime was faster: theirs is the answer.
        """
        if isinstance(refusal, Undone):
            raise refusal
        with transaction.atomic(using=self.operation.module, durable=True):
            standing = stand()
            if standing.answered and not standing.row.undone:
                return self._replay(standing)
            publish(*(event for event in refusal.announcements if isinstance(event, Event)))
            idempotency.answer(standing, json.dumps(refusal.to_json()), refused=True)
            reached("command.refuse")
        reached("command.refused")
        raise refusal from None

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
