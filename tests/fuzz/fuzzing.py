"""Asks a server all that its description lets one ask, and much that it does not, in somebody's guise.

Which requests are made is settled by the seed. What is in the databases is not: ids and times are new with every run.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Err
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.schemas import APIOperation, BaseSchema

from tests.fuzz.decided import is_decided

KEY = "Idempotency-Key"

AnyCase = Case[Any]


@dataclass(frozen=True)
class Guise:
    """Somebody who asks.

    `known`: values for parameters of paths, by name. `kept`: texts that must not be told here. `only`: the statuses
    that an operation which asks for a key may answer; None: any.
    """

    name: str
    token: str | None
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    only: frozenset[int] | None = None


@dataclass(frozen=True)
class Wrong:
    """Something that is wrong. `kind`: the name of the failure's class."""

    operation: str
    kind: str
    said: str


@dataclass
class Findings:
    """What came out of it. `left_out`: operations that were not asked."""

    left_out: set[str]
    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[Wrong] = field(default_factory=list)

    def __str__(self) -> str:
        asked = f"{self.statuses.total()} cases, {len(self.operations)} operations ({len(self.left_out)} left out)"
        answers = ", ".join(f"{count}x {status}" for status, count in sorted(self.statuses.items()))
        return f"{asked}, {len(self.failures)} failures; {answers}"

    def said(self) -> str:
        return "\n\n".join(wrong.said for wrong in self.failures)


class Leaked(Failure):
    """What belongs to somebody else was told, or done."""

    __slots__ = ()


class Undescribed(Failure):
    """A success of which the description says nothing. What it says by default is about problems."""

    __slots__ = ()


def fuzz(schema: BaseSchema, guise: Guise) -> Findings:
    """What is wrong with the answers that somebody in this guise is given."""
    found = Findings(left_out={operation.label for operation in _operations(schema)})
    with _guised(guise):
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                _note(event, found)
            elif isinstance(event, events.NonFatalError):
                found.failures.append(Wrong(event.label, type(event.value).__name__, f"{event.label}: {event.value!r}"))
            elif isinstance(event, events.FatalError):
                raise event.exception
    found.left_out -= found.operations
    return found


def _operations(schema: BaseSchema) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """Raises InvalidSchema when one is described in a way that cannot be understood."""
    for result in schema.get_all_operations():
        if isinstance(result, Err):
            raise result.err()
        yield result.ok()


def described(url: str, guise: Guise, *, seed: int, examples: int) -> BaseSchema:
    """The description that the server gives of itself, and how it is to be fuzzed."""
    return schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", config=configured(guise, seed, examples))


def configured(guise: Guise, seed: int, examples: int) -> schemathesis.Config:
    """Every phase and every check, in one thread, as Python's recursion limit is counted wrongly in several."""
    told: dict[str, Any] = {
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "request-timeout": 30,
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
        "warnings": False,
        "cache": {"enabled": False},
    }
    if guise.token:
        told["headers"] = {"Authorization": f"Bearer {guise.token}"}
    return schemathesis.Config.from_dict(told)


def _note(event: events.ScenarioFinished, found: Findings) -> None:
    recorder = event.recorder
    for id_, interaction in recorder.interactions.items():
        found.operations.add(recorder.cases[id_].value.operation.label)
        found.statuses[interaction.response.status_code if interaction.response else 0] += 1
    for id_, checks in recorder.checks.items():
        for told in (check.failure_info for check in checks if check.failure_info):
            failure = told.failure
            answer = recorder.find_response(case_id=failure.case_id or id_)
            body = answer.content.decode(errors="replace") if answer else ""
            said = f"{failure.operation}: {failure}\n{told.code_sample}\n{body}"
            found.failures.append(Wrong(str(failure.operation), type(failure).__name__, said))


@contextmanager
def _guised(guise: Guise) -> Iterator[None]:
    """Hooks and checks of schemathesis are everybody's; these are so for a while."""

    def before_call(_context: HookContext, case: AnyCase, _kwargs: dict[str, Any]) -> None:
        _make_it_matter(case, guise)

    def filter_failure(_context: HookContext, failure: Failure, _case: AnyCase, response: Response) -> bool:
        return not is_decided(failure, response)

    def keeps_what_is_kept(_context: object, response: Response, case: AnyCase) -> None:
        _refuse_leaks(response, case, guise)

    schemathesis.hook(before_call)
    schemathesis.hook(filter_failure)
    schemathesis.check(keeps_what_is_kept)
    schemathesis.check(describes_successes)
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)
        GLOBAL_HOOK_DISPATCHER.unregister(filter_failure)
        CHECKS.unregister("keeps_what_is_kept")
        CHECKS.unregister("describes_successes")


def _make_it_matter(case: AnyCase, guise: Guise) -> None:
    """Three of four requests are about something that there is, and most carry a key that was not used before.

    The same request gets the same of both, so that it can be made again.
    """
    number = zlib.crc32(repr((case.path_parameters, case.query, case.headers, case.body)).encode(errors="replace"))
    if number % 4 and _is_valid(case, ParameterLocation.PATH):
        for name in case.path_parameters.keys() & guise.known.keys():
            case.path_parameters[name] = guise.known[name][number % len(guise.known[name])]
    if number % 8 and KEY in case.headers and _is_valid(case, ParameterLocation.HEADER):
        case.headers[KEY] = f"{case.method} {case.path} {number}"[:255]


def _is_valid(case: AnyCase, location: ParameterLocation) -> bool:
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode.is_positive


def _refuse_leaks(response: Response, case: AnyCase, guise: Guise) -> None:
    said = response.content.decode(errors="replace") + repr(response.headers)
    asked = repr((case.path_parameters, case.query, case.body))
    if told := [text for text in guise.kept if text in said and text not in asked]:
        raise Leaked(operation=case.operation.label, message=f"It tells {guise.name} of {told[0]}.")
    guarded = case.operation.definition.raw.get("security")
    if guise.only and guarded and response.status_code not in guise.only:
        raise Leaked(operation=case.operation.label, message=f"It answers {guise.name} {response.status_code}.")


def describes_successes(_context: object, response: Response, case: AnyCase) -> None:
    said = case.operation.definition.raw["responses"]
    if response.status_code < 400 and str(response.status_code) not in said:
        raise Undescribed(operation=case.operation.label, message=f"It answers {response.status_code}.")
