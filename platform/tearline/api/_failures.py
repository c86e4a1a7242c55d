"""Which problem an exception is told as. What is not named here is a fault of ours: 500, logged, not explained."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import singledispatch
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from tearline.api._closed import UNKNOWN_FIELD
from tearline.contracts import KeyInFlight, KeyReused, Refusal, Unavailable, Undone, UnknownRefusal
from tearline.exchanges import LARGEST_BODY
from tearline.problems import Flaw, Problem

logger = logging.getLogger("tearline.api")

_WRONG_ALTOGETHER = frozenset({"missing", "model_type", "model_attributes_type", "dict_type"})
_AN_OBJECT = "A JSON object is asked for; send {} if there is nothing to say."


def told(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer for an exception that a view let go."""
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
    elif problem.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s %s got no answer: %s", request.method, request.path, error)
    return problem.answer(request)


def plain_problem(status: int) -> Problem:
    """The problem for a status of which nothing more is known."""
    code, detail = _PLAIN.get(status, (HTTPStatus(status).phrase.lower().replace(" ", "_"), HTTPStatus(status).phrase))
    return Problem(status, code, detail, retryable=status in {HTTPStatus.TOO_MANY_REQUESTS, 502, 503, 504})


_PLAIN = {
    400: ("bad_request", "The request is not one that this server understands."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know this method; the Allow header names those that it knows."),
    413: ("payload_too_large", f"The body may hold {LARGEST_BODY} bytes at most."),
    500: ("internal_error", "Something broke on our side. It has been recorded under the request_id."),
}


@singledispatch
def problem_of(_error: Exception) -> Problem:
    """The problem that the client is told."""
    return plain_problem(500)


@problem_of.register
def _(problem: Problem) -> Problem:
    return problem


@problem_of.register
def _(refusal: Refusal) -> Problem:
    return _refused(refusal, refusal.code)


@problem_of.register
def _(refusal: UnknownRefusal) -> Problem:
    return _refused(refusal, refusal.told_code)


@problem_of.register
def _(_error: KeyReused) -> Problem:
    return Problem(422, "idempotency_key_reused", "This Idempotency-Key was used before, for another request.")


@problem_of.register
def _(_error: Undone) -> Problem:
    return Problem(409, "idempotency_key_undone", "What this Idempotency-Key stands for has been undone.")


@problem_of.register
def _(_error: KeyInFlight) -> Problem:
    detail = "The first request with this Idempotency-Key is still being carried out."
    return Problem(409, "idempotency_key_in_flight", detail, retryable=True, headers={"Retry-After": "1"})


@problem_of.register
def _(unavailable: Unavailable) -> Problem:
    return _unavailable(unavailable.retry_after or 1)


@problem_of.register
def _(_error: OperationalError) -> Problem:
    """A database that is away, or too busy."""
    return _unavailable(1)


def _unavailable(retry_after: float) -> Problem:
    seconds = max(1, math.ceil(retry_after))
    detail = "A part of the system did not answer. Ask again, under the same Idempotency-Key if there was one."
    return Problem(503, "unavailable", detail, retryable=True, headers={"Retry-After": str(seconds)})


@problem_of.register
def _(_error: Http404) -> Problem:
    return plain_problem(404)


@problem_of.register
def _(_error: PermissionDenied) -> Problem:
    return plain_problem(403)


@problem_of.register
def _(_error: SuspiciousOperation) -> Problem:
    return plain_problem(400)


@problem_of.register
def _(_error: RequestDataTooBig) -> Problem:
    return plain_problem(413)


@problem_of.register
def _(error: HttpError) -> Problem:
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    if isinstance(error.__cause__, ValueError):  # ninja's wrapping of what the parser of bodies said
        return Problem(400, "malformed", f"The body is not JSON as we read it: {error.__cause__}.")
    plain = plain_problem(error.status_code)
    return Problem(plain.status, plain.code, error.message or plain.detail, retryable=plain.retryable)


@problem_of.register
def _(invalid: ValidationError) -> Problem:
    errors = invalid.errors
    sources = {error["loc"][0] for error in errors}
    if "path" in sources:
        return _names_nothing([_flaw(error) for error in errors if error["loc"][0] == "path"])
    if unkeyed := _about_the_idempotency_key(errors):
        return unkeyed
    for error in errors:
        if _is_about_the_whole_body(error):
            flaw = Flaw(pointer="", code=error["type"], message=_AN_OBJECT)
            return Problem(400, "malformed", _AN_OBJECT, errors=[flaw])
    flaws = [_flaw(error) for error in errors]
    if "body" in sources:
        unknown = next((flaw.message for flaw in flaws if flaw.code == UNKNOWN_FIELD), None)
        return Problem(422, "validation_failed", unknown or "Some fields break a rule; see errors.", errors=flaws)
    return Problem(400, "invalid_parameter", "Some parameters break a rule; see errors.", errors=flaws)


@contextmanager
def pointed(*kinds: type[Refusal], at: Callable[[Any], Iterable[str]]) -> Iterator[None]:
    """Has these refusals told with the places of the body that they are about. `at`: as JSON pointers.

    Raises Problem.
    """
    try:
        yield
    except kinds as refusal:
        problem = problem_of(refusal)
        problem.errors = tuple(Flaw(pointer=each, code=problem.code, message=problem.detail) for each in at(refusal))
        raise problem from refusal


def _refused(refusal: Refusal, code: str) -> Problem:
    headers = {"Idempotent-Replayed": "true"} if refusal.replayed else {}
    return Problem(refusal.status, code, refusal.detail, headers=headers)


def _names_nothing(flaws: list[Flaw]) -> Problem:
    """What is not of the form of an id, or of a SKU, is none."""
    plain = plain_problem(404)
    detail = f"The {flaws[0].parameter} in this address names nothing: {flaws[0].message}."
    return Problem(plain.status, plain.code, detail, errors=flaws)


def _about_the_idempotency_key(errors: list[dict[str, Any]]) -> Problem | None:
    for error in errors:
        if error["loc"] == ("header", "Idempotency-Key"):
            if error["type"] == "missing":
                return Problem(400, "idempotency_key_missing", "This request needs an Idempotency-Key header.")
            return Problem(
                400,
                "idempotency_key_invalid",
                "One Idempotency-Key is 1 to 255 printable ASCII characters, none of them a comma.",
            )
    return None


def _is_about_the_whole_body(error: dict[str, Any]) -> bool:
    return error["loc"][0] == "body" and len(error["loc"]) <= 2 and error["type"] in _WRONG_ALTOGETHER


def _flaw(error: dict[str, Any]) -> Flaw:
    source, *place = error["loc"]
    message = error["msg"].removeprefix("Value error, ")
    if source == "body":  # the first part names the view's argument, which is the body itself
        return Flaw(pointer=_pointer(place[1:]), code=error["type"], message=message)
    return Flaw(parameter=_parameter(place), code=error["type"], message=message)


def _parameter(place: list[str | int]) -> str:
    """As it is called in the address: beside its name there may be that of the view's argument, and a position."""
    *_, name = (part for part in place if isinstance(part, str))
    return name


def _pointer(place: list[str | int]) -> str:
    """RFC 6901."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
