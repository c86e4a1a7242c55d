"""Each exchange between processes has a name, which its answer repeats: so none is taken for the answer to another."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

LARGEST_BODY = 256 * 1024
"""Bytes that a request's body may have, but for files."""

CALL = "Tearline-Call"
"""The header: sixteen hexadecimal digits."""

_CALL = re.compile(r"[0-9a-f]{16}")


class ExchangeMiddleware:
    """Repeats the name of the exchange in every answer, whatever it says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if call := name_of(request.headers.get(CALL, "")):
            response[CALL] = call
        return response


def name_of(sent: str) -> str:
    """What was sent, if it is such a name; else nothing."""
    return sent if _CALL.fullmatch(sent) else ""
