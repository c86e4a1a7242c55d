"""One name for a request, in its answer, in every log line and in every problem that is told."""

import re
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tearline.contracts import Id

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._~:/+=@-]{1,128}")  # nothing that could break a log line or a header
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


class RequestId(Id, prefix="req"):
    """Names a request whose sender did not name it."""


def current_request_id() -> str | None:
    """The name of the request that is being served here; None outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Takes the sender's X-Request-Id when it is sane, else makes one, and sends it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request_id_of(request.headers.get(HEADER, ""))
        request.request_id = request_id  # type: ignore[attr-defined]  # for what Django logs once we are through
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = request_id
        return response


def request_id_of(sent: str) -> str:
    """What the sender has named the request, if that is sane, else a name made for it."""
    return sent if _SANE.fullmatch(sent) else str(RequestId.new())  # servers take plain str only
