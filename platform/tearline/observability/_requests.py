"""Each request: the trace that it belongs to, its name in every line, a count and a duration by route and status."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

from tearline.observability import _spans
from tearline.observability._context import about, in_trace_of
from tearline.observability._metrics import SECONDS, counted

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE = "(none)"
"""The route of a request that no view answers: of what is not found, and of static files."""

logger = logging.getLogger("tearline.requests")

_answered = Counter("tearline_http_requests", "Requests answered.", ["method", "route", "status"], registry=counted)
_lasted = Histogram(
    "tearline_http_request_seconds", "Until the answer.", ["method", "route"], buckets=SECONDS, registry=counted
)


class RequestsMiddleware:
    """Stands right after RequestIdMiddleware, so that it sees each answer as the client does.

    A request that carries a `traceparent` (W3C Trace Context) goes on in that trace.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id: str = request.request_id  # type: ignore[attr-defined]  # from RequestIdMiddleware
        with in_trace_of(request.headers), about(request_id=request_id):
            return self._watched(request)

    def _watched(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method if request.method in METHODS else "OTHER"
        span, leave = _spans.begin("request", method)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            route = _route_of(request)
            _tell(method, route, response.status_code, seconds)
        finally:
            leave()
        span.update_name(f"{method} {route}")
        _spans.end_request(span, method=method, route=route, status=response.status_code)
        return response


def _route_of(request: HttpRequest) -> str:
    """Of the view that has answered, or as whoever has answered in its stead says by `request.route`."""
    return request.resolver_match.route if request.resolver_match else getattr(request, "route", NOWHERE)


def _tell(method: str, route: str, status: int, seconds: float) -> None:
    """The route, not the path: what stands in a query or in a path may be anybody's."""
    _answered.labels(method, route, str(status)).inc()
    _lasted.labels(method, route).observe(seconds)
    told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    logger.info("%s %s %d", method, route, status, extra=told)
