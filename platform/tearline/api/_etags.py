"""What was read is known again by its ETag (RFC 9110): nothing is sent twice, and nothing overwritten unseen.

Whatever is read has one, made of what is told. That of a resource with a version begins with the version, and it is the
version alone that `If-Match` asks for: what has changed besides is nothing that a write could take back.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from ninja import Header

from tearline.contracts import Refusal
from tearline.problems import Flaw, Problem

IfMatch = Annotated[
    str | None,
    Header(
        None,
        alias="If-Match",
        description="The ETag that it had when it was read. 412 when it is at another version by now.",
    ),
]

NEEDED = "The ETag that it had when it was read. 412 when it is at another version by now, 428 when nothing says which."

NeededIfMatch = Annotated[str | None, Header(None, alias="If-Match", description=NEEDED)]
"""Where a change that somebody has not seen could be lost."""


class Versioned(Protocol):
    """What is told of something that has versions."""

    @property
    def version(self) -> int | None: ...

    def model_dump_json(self) -> str: ...


_OURS = re.compile(r'"([1-9][0-9]{0,8})-[0-9a-f]{32}"')


@contextmanager
def as_seen(if_match: str | None, *, stale: type[Refusal], now: Callable[[], Versioned]) -> Iterator[None]:
    """Tells whoever sent If-Match of a version that is past as HTTP does. `stale`: how the command refuses it.

    Raises Problem (412), with the ETag of `now`.
    """
    try:
        yield
    except stale as refusal:
        if if_match is None:
            raise
        told = now()
        etag = {"ETag": etag_of(told)}
        raise Problem(412, "precondition_failed", refusal.detail, headers=etag) from refusal


def tagged(told: Versioned, response: HttpResponse) -> None:
    """Gives the response the ETag of a resource that has a version, if it is known."""
    response["ETag"] = etag_of(told)


def etag_of(told: Versioned) -> str:
    """Of a resource as it is told. Without a version, nothing is changed by it."""
    return f'"{told.version or 0}-{_fingerprint(told.model_dump_json().encode())}"'


def expected(if_match: str | None, *, said: int | None = None, needed: bool = False) -> int | None:
    """The version that is to be changed: that of If-Match, or what was said in the body. None: any.

    `needed`: where a change that somebody has not seen could be lost. Raises Problem: 428 when a version is needed and
    there is none, 400 when two are told, 412 when the tag is none of ours.
    """
    if if_match is None:
        if needed and said is None:
            raise Problem(428, "precondition_required", "Send the ETag that was read as If-Match, or expected_version.")
        return said
    if if_match.strip() == "*":
        return said
    versions = [int(tag[1]) for each in parse_etags(if_match) if (tag := _OURS.fullmatch(each))]
    if not versions:
        raise Problem(412, "precondition_failed", "If-Match names no ETag that this could ever have.")
    if len({*versions, *([] if said is None else [said])}) > 1:
        flaw = Flaw(parameter="If-Match", code="invalid_precondition", message="Name one version, and one only.")
        raise Problem(400, "invalid_precondition", "More than one version is expected.", errors=[flaw])
    return versions[0]


def never_ignored(view: Callable[..., HttpResponse], *, heeds: bool) -> Callable[..., HttpResponse]:
    """Refuses a write under If-Match where nobody would check it, before anything else is looked at.

    `heeds`: whether the view takes it.
    """

    @functools.wraps(view)
    def asked(request: HttpRequest, **parameters: Any) -> HttpResponse:
        if heeds or request.method == "GET" or "If-Match" not in request.headers:
            return view(request, **parameters)
        flaw = Flaw(parameter="If-Match", code="precondition_not_supported", message="This is not checked here.")
        return Problem(400, flaw.code, "If-Match is not checked here, so nothing was done.", errors=[flaw]).answer(
            request
        )

    return asked


def conditional(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives what is read an ETag, and answers 304 to those who have it. Nobody in between may keep any of it."""

    @functools.wraps(view)
    def asked(request: HttpRequest, **parameters: Any) -> HttpResponse:
        response = view(request, **parameters)
        response.headers.setdefault("Cache-Control", "private, no-cache" if request.method == "GET" else "no-store")
        if request.method != "GET" or response.status_code != 200 or response.streaming:
            return response
        response.headers.setdefault("ETag", f'"{_fingerprint(response.content)}"')
        if "If-None-Match" not in request.headers:
            return response
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return asked


def _fingerprint(told: bytes) -> str:
    return hashlib.sha256(told).hexdigest()[:32]
