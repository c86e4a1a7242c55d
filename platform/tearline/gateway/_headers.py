"""What is passed on, both ways. All else is dropped: what outsiders say of who they are, for whom they act and how long
they wait is for the gateway to say, and what processes say of each other is nobody's business.
"""

import re
from collections.abc import Mapping, Sequence

from django.http import HttpRequest

from tearline.api import current_request_id
from tearline.observability import carrier
from tearline.resilience import DEADLINE_MS, remaining_ms

Headers = list[tuple[str, str]]

FROM_OUTSIDE = (
    "API-Version",
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Unmodified-Since",
    "Prefer",
    "Tearline-Version",
    "User-Agent",
)

TO_OUTSIDE = (
    "API-Version",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Security-Policy",
    "Content-Type",
    "Deprecation",
    "ETag",
    "Expires",
    "Idempotent-Replayed",
    "Last-Modified",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "Vary",
    "WWW-Authenticate",
)

_OURS = re.compile(
    r"authorization|cookie|host|x-request-id|traceparent|tracestate|tearline-.*|accept-encoding"
    r"|connection|content-length|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-forwarded-.*"
)
"""In small letters: what the gateway says itself, and what is about one connection."""

_FIT = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def theirs(request: HttpRequest, *, read_there: Sequence[str], prefer: str | None) -> Headers:
    """What is passed on of what the caller sent. `prefer`: instead of what the caller would prefer.

    `read_there`: names that the route declares, such as that of a signature. What is ours to say stays so.
    """
    declared = [name for name in read_there if not _OURS.fullmatch(name.lower())]
    names = {name.lower(): name for name in (*declared, *FROM_OUTSIDE)}.values()
    sent = {name: request.headers[name].strip() for name in names if name in request.headers}
    if prefer is not None:
        sent["Prefer"] = prefer
    return [(name, value) for name, value in sent.items() if _FIT.fullmatch(value)]


def ours(*, authorization: str | None) -> Headers:
    """Who asks, for how long somebody waits, and what lines and spans on the other side belong to."""
    left, carried = remaining_ms(), carrier()
    told = {
        "Authorization": authorization,
        "X-Request-Id": current_request_id(),
        DEADLINE_MS: None if left is None else str(left),
        "traceparent": carried.get("traceparent"),
        "tracestate": carried.get("tracestate"),
        "Accept-Encoding": "identity",  # what comes is passed on as it is
    }
    return [(name, value) for name, value in told.items() if value is not None]


def sent_back(headers: Mapping[str, str]) -> Headers:
    """What the caller is sent of the answer."""
    return [(name, headers[name]) for name in TO_OUTSIDE if name in headers]


def as_bytes(headers: Headers) -> list[tuple[bytes, bytes]]:
    """As they go over the line: servers have read them as Latin-1."""
    return [(name.encode(), value.encode("latin-1")) for name, value in headers]
