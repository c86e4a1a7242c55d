"""What fails below /api/ outside of a view is told as a problem too: no such URL, wrong method, wrong host."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tearline.api._failures import plain_problem
from tearline.exchanges import LARGEST_BODY
from tearline.problems import MEDIA_TYPE, Problem

_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemMiddleware:
    """Below /api/, answers every failure as problem+json, with DEBUG on too, and refuses bodies that are too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        if unreadable := _unreadable(request):
            return unreadable.answer(request)
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE:
            return response
        return _retold(response, request)


def _unreadable(request: HttpRequest) -> Problem | None:
    """A body without a length would be read as an empty one, and no database takes the character NUL."""
    if "\0" in request.path_info:
        return plain_problem(404)
    length = request.headers.get("Content-Length", "")
    if not length and "Transfer-Encoding" in request.headers:
        return Problem(411, "length_required", "Send the body with a Content-Length.")
    return plain_problem(413) if length.isdecimal() and int(length) > LARGEST_BODY else None


def _retold(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    problem = plain_problem(response.status_code)
    problem.headers.update({name: response[name] for name in _KEPT if name in response})
    return problem.answer(request)
