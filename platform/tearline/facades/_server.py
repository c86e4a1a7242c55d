"""The other end of `_remote`: carries out what other processes ask of the modules that are hosted here.

A call goes the very same way as one from within (`carry_out`). What is turned away is told as a problem that says so:
nothing was done.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from tearline import idempotency
from tearline.acting import acting_as
from tearline.contracts import Refusal, Unavailable
from tearline.exchanges import LARGEST_BODY
from tearline.facades._chains import chained
from tearline.facades._commands import carry_out
from tearline.facades._hosting import hosted
from tearline.facades._operations import Operation, operations_of
from tearline.facades._protocol import KEY, SUBJECT, WAITING, from_header
from tearline.facades._telling import told
from tearline.facades._tokens import Identity, believed
from tearline.observability import about
from tearline.problems import Problem
from tearline.resilience import DEADLINE_MS, deadline, is_too_late, seconds_told, tried_again_later
from tearline.tokens import NotBelieved

logger = logging.getLogger(__name__)


@csrf_exempt
def answer(request: HttpRequest, module: str, name: str) -> HttpResponse:
    """The answer of an operation, or a problem. ExchangeMiddleware marks it, so that it is known for ours."""
    try:
        return _answer(request, module, name)
    except Problem as problem:
        return problem.answer(request)


def _answer(request: HttpRequest, module: str, name: str) -> HttpResponse:
    """Raises Problem."""
    if request.method != "POST":
        raise _turned_away(405, "method_not_allowed", "An operation is asked for by POST.", headers={"Allow": "POST"})
    who = _identity(request)
    _refuse_undeclared(who, module)
    operation = _operation(module, name)
    with _as_over_there(request, who):
        arguments, key = _arguments(request, operation), _key(request, operation)
        return _carried_out(operation, arguments, key, who.caller)


def _identity(request: HttpRequest) -> Identity:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if kind.lower() != "bearer":
            raise NotBelieved("there is no token")
        ours = settings.TEARLINE_TOPOLOGY.process.name
        return believed(token.strip(), audience=ours, keys=settings.TEARLINE_SERVICE_KEYS)
    except NotBelieved as error:
        challenge = {"WWW-Authenticate": 'Bearer realm="tearline facades", error="invalid_token"'}
        detail = f"This call is not one that we can believe: {error}."
        raise _turned_away(401, "token_invalid", detail, headers=challenge) from error


def _refuse_undeclared(who: Identity, module: str) -> None:
    if module not in settings.TEARLINE_ALLOWED_CALLS.get(who.caller, ()):
        logger.warning("%s of %s called %s, which is not declared", who.caller, who.process, module)
        raise _turned_away(403, "call_not_declared", f"{who.caller} has not declared that it calls {module}.")


def _operation(module: str, name: str) -> Operation:
    if module not in settings.TEARLINE_TOPOLOGY.hosted:
        raise _turned_away(404, "module_not_hosted", f"{module} is not hosted here.")
    operation = operations_of(hosted(module).interface).get(name)
    if operation is None:
        raise _turned_away(404, "operation_unknown", f"{module} has no operation {name} here.")
    return operation


@contextmanager
def _as_over_there(request: HttpRequest, who: Identity) -> Iterator[None]:
    """In the caller's name, on behalf of whom it acts, about what it is about, and for as long as it waits."""
    with ExitStack() as stack:
        stack.enter_context(acting_as(who.asked_by))
        stack.enter_context(acting_as(who.caller))
        if waiting := _read(request, WAITING):
            stack.enter_context(chained(waiting.split(",")))
        if subject := _read(request, SUBJECT):
            stack.enter_context(about(subject=subject))
        if milliseconds := _read(request, DEADLINE_MS):
            stack.enter_context(deadline(_seconds(milliseconds)))
        stack.enter_context(tried_again_later())  # by whoever calls: no two layers try again
        if is_too_late():
            raise _turned_away(504, "deadline_exceeded", "Too little time was left to begin.")
        yield


def _seconds(milliseconds: str) -> float:
    try:
        return seconds_told(milliseconds)
    except ValueError as error:
        raise _turned_away(400, "deadline_invalid", f"{DEADLINE_MS} is a whole number.") from error


def _arguments(request: HttpRequest, operation: Operation) -> Any:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise _turned_away(413, "payload_too_large", f"The arguments may take {LARGEST_BODY} bytes at most.")
    try:
        return operation.arguments.validate_json(request.body)
    except ValidationError as error:
        detail = f"{operation.full_name} takes other arguments here: {_flaws(error)}."
        raise _turned_away(422, "arguments_invalid", detail) from error


def _flaws(error: ValidationError) -> str:
    """Where and what, never the values."""
    return "; ".join(f"{'.'.join(map(str, flaw['loc']))}: {flaw['msg']}" for flaw in error.errors())


def _key(request: HttpRequest, operation: Operation) -> str | None:
    if operation.kind == "query":
        return None
    key = _read(request, KEY)
    try:
        idempotency.refuse_unfit(key)
    except ValueError as error:
        raise _turned_away(422, "key_invalid", f"{operation.full_name} takes a key: {error}.") from error
    return key


def _read(request: HttpRequest, header: str) -> str:
    """Raises Problem for what is not in our code of headers."""
    try:
        return from_header(request.headers.get(header, ""))
    except ValueError as error:
        raise _turned_away(400, "header_invalid", f"{header} cannot be read.") from error


def _carried_out(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> HttpResponse:
    """Raises Problem. What is no way to fail across a facade is a fault of ours: it is recorded and not explained."""
    try:
        answer = carry_out(operation, arguments, key, caller)
        return HttpResponse(operation.answered(answer), content_type="application/json")
    except Refusal as refusal:
        raise Problem(refusal.status, refusal.code, refusal.detail, members=told(refusal)) from refusal
    except Unavailable as unknown:
        raise _unanswered(503, "unavailable", unknown) from unknown
    except OperationalError as error:
        logger.warning("%s got no answer from its database: %s", operation.full_name, error)
        silent = Unavailable(f"the database of {operation.module} does not answer", retry_after=1)
        raise _unanswered(503, "unavailable", silent) from error
    except Exception as error:
        logger.exception("%s failed", operation.full_name)
        raise _unanswered(500, "internal_error", Unavailable(f"{operation.full_name} failed there")) from error


def _turned_away(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> Problem:
    """Nothing was done."""
    return _unanswered(status, code, Unavailable(detail, maybe_done=False), headers=headers)


def _unanswered(status: int, code: str, unknown: Unavailable, *, headers: Mapping[str, str] | None = None) -> Problem:
    return Problem(status, code, unknown.detail, retryable=status >= 500, headers=headers, members=told(unknown))
