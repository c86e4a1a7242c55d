"""A request is led to another process, or to a system that is not ours, and its answer back.

The answer is passed on as it is, whatever it says: a problem, too. But what does not repeat the name of the exchange,
or is a 502, 503 or 504 and no problem+json, was said by somebody in between, and tells nothing of what happened.
"""

import logging
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from tearline.api import MEDIA_TYPE, Principal, Problem, Wait, a_seat_for, introduced, plain_problem, without_wait
from tearline.contracts import Unavailable
from tearline.databases import give_back_idle
from tearline.exchanges import CALL
from tearline.gateway._headers import Headers, as_bytes, ours, sent_back, theirs
from tearline.gateway._routing import Destination
from tearline.observability import watching
from tearline.resilience import CutShort, NotAsked, TimedOut, TooLarge, policy_for
from tearline.resilience.clients import clients

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. More is not passed on."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_SAID_IN_BETWEEN = frozenset({502, 503, 504})
_KEPT_IN_QUERIES = "/?:@!$&'()*+,;=%-._~[]"


class _NotUnderstood(Unavailable):
    """What came was no answer of whoever was asked."""


@dataclass(frozen=True)
class _Question:
    """What is asked, as often as it takes. `target`: path and query."""

    method: str
    target: str
    headers: Headers
    body: bytes
    authorization: str | None


def forwarded(
    request: HttpRequest, destination: Destination, principal: Principal | None, *, read_there: Sequence[str]
) -> HttpResponse:
    """The answer from there. Raises Problem.

    `principal`: who asks of a process of ours, unless it is open. `read_there`: the headers that the route declares.
    """
    prefer = request.headers.get("Prefer", "")
    try:
        with a_seat_for(prefer) as wait, watching("call", destination.target):
            question = _Question(
                method=str(request.method),
                target=_target_of(request),
                headers=theirs(request, read_there=read_there, prefer=_seatless(prefer, wait)),
                body=request.body,
                authorization=_authorization(request, destination, principal),
            )
            give_back_idle()  # it may take long
            attempt = partial(_exchange, question, destination)
            response, body = policy_for(destination.target).call(attempt, idempotent=_is_repeatable(request))
    except Unavailable as unavailable:
        logger.warning("%s got no answer: %s", destination.target, unavailable)
        raise _told(unavailable, request) from unavailable
    return _passed_on(response, body)


def _seatless(prefer: str, wait: Wait) -> str | None:
    """What is preferred instead, of whoever would wait and may not."""
    return without_wait(prefer) if wait.asked and not wait.seconds else None


def _exchange(question: _Question, destination: Destination) -> "tuple[httpx.Response, bytes]":
    """One try. Raises Unavailable."""
    import httpx

    from tearline.resilience import http  # takes its time to load

    call = secrets.token_hex(8)
    headers = as_bytes([*question.headers, *ours(authorization=question.authorization), *_between(destination, call)])
    url = f"{destination.url}{question.target}"
    asked = httpx.Request(question.method, url, headers=headers, content=question.body or None)
    response, body = http.fetch(clients.for_calls_on(destination.target), asked, largest=LARGEST_ANSWER)
    if destination.process and response.headers.get(CALL) != call:
        http.hang_up(response)
        raise _NotUnderstood(f"{destination.target} got status {response.status_code}: it is no answer to our request")
    if response.status_code in _SAID_IN_BETWEEN and not _is_problem(response):
        raise _NotUnderstood(f"{destination.target} got status {response.status_code}, and no problem that we know")
    return response, body


def _between(destination: Destination, call: str) -> Headers:
    """By which the answer is known for one to this request: its name, or a connection of its own."""
    return [(CALL, call)] if destination.process else [("Connection", "close")]


def _is_problem(response: "httpx.Response") -> bool:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip() == MEDIA_TYPE


def _target_of(request: HttpRequest) -> str:
    """Path and query as they came. Raises Problem for a path that leads elsewhere than where it begins."""
    if {".", ".."} & set(request.path_info.split("/")):
        raise plain_problem(404)
    query = quote(request.META.get("QUERY_STRING", "").encode("latin-1"), safe=_KEPT_IN_QUERIES)
    return escape_uri_path(request.path_info) + (f"?{query}" if query else "")


def _authorization(request: HttpRequest, destination: Destination, principal: Principal | None) -> str | None:
    """Who asks, in words that whoever answers there believes."""
    if destination.process is None:
        return request.headers.get("Authorization")
    if principal is None:
        return None
    if not settings.TEARLINE_SERVICE_KEYS:
        raise ImproperlyConfigured("a request is led to another process, and TEARLINE_SERVICE_KEYS is not given")
    return f"Bearer {introduced(principal, to=destination.process, keys=settings.TEARLINE_SERVICE_KEYS)}"


def _is_repeatable(request: HttpRequest) -> bool:
    return request.method in SAFE or "Idempotency-Key" in request.headers


def _told(unavailable: Unavailable, request: HttpRequest) -> Problem:
    """Whether it may have happened is told, too: of what only asks, it is certain that nothing has."""
    maybe_done = unavailable.maybe_done and request.method not in SAFE
    retryable = not maybe_done or _is_repeatable(request)
    problem = partial(Problem, retryable=retryable, members={"maybe_done": maybe_done})
    match unavailable:
        case TooLarge():
            return problem(502, "upstream_too_large", "The answer of the part that was asked is too large to pass on.")
        case _NotUnderstood():
            return problem(502, "upstream_invalid", "The part that was asked gave no answer that can be understood.")
        case TimedOut() | CutShort() | NotAsked(because="deadline passed"):
            return problem(504, "deadline_exceeded", "The part that was asked did not answer in time.")
    seconds = max(1, math.ceil(unavailable.retry_after or 1))
    detail = "A part of the system did not answer. Ask again, under the same Idempotency-Key if there was one."
    return problem(503, "unavailable", detail, headers={"Retry-After": str(seconds)})


def _passed_on(response: "httpx.Response", body: bytes) -> HttpResponse:
    answer = HttpResponse(body, status=response.status_code)
    del answer["Content-Type"]  # which is theirs to say
    for name, value in sent_back(response.headers):
        answer[name] = value
    return answer
