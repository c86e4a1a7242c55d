"""Stands last, so that all that holds for requests that are answered here holds for those that are led elsewhere."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tearline.api import Principal, Problem, principal_of
from tearline.gateway._forwarding import forwarded
from tearline.gateway._routing import destination_of
from tearline.gateway._surface import Promise, promised
from tearline.topology import API


class GatewayMiddleware:
    """In the process that is the gateway, leads requests to whoever hosts their module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (settings.TEARLINE_TOPOLOGY.is_gateway and request.path_info.startswith(f"{API}/")):
            return self.get_response(request)
        try:
            return self._led(request)
        except Problem as problem:
            return problem.answer(request)

    def _led(self, request: HttpRequest) -> HttpResponseBase:
        """Raises Problem."""
        topology = settings.TEARLINE_TOPOLOGY

        @cache
        def promise() -> Promise:
            return promised(str(request.method), request.path_info.removeprefix(API), topology.modules)

        @cache
        def principal() -> Principal | None:
            """None at an open door: whoever stands behind it knows the caller by other signs."""
            return None if promise().is_open else principal_of(request)

        destination = destination_of(request, topology, who=lambda: _name_of(principal()))
        if destination is None:
            return self.get_response(request)
        request.route = f"{API.strip('/')}{destination.prefix}/*"  # type: ignore[attr-defined]  # for RequestsMiddleware
        known = principal() if destination.process else None
        return forwarded(request, destination, known, read_there=promise().headers)


def _name_of(principal: Principal | None) -> str:
    return principal.key_id if principal else ""
