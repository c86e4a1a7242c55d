"""The two paths that probes ask for."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from tearline.health._checks import Checks
from tearline.health._leaving import leaving
from tearline.health._readiness import Readiness, look_around


class HealthMiddleware:
    """Answers the two health paths before anything else sees the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.readiness = Readiness(look_around)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in ("/health/live", "/health/ready"):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = self._live() if request.path_info == "/health/live" else self._ready(request.GET.get("topology"))
        response["Cache-Control"] = "no-store"
        return response

    def _live(self) -> JsonResponse:
        return JsonResponse({"status": "alive"})

    def _ready(self, fingerprint: str | None) -> JsonResponse:
        checks = self.readiness.checks()
        status = _status(checks)
        told: dict[str, Any] = {"status": status, "checks": checks}
        if fingerprint is not None:
            told["topology"] = "same" if fingerprint == settings.TEARLINE_TOPOLOGY.fingerprint else "other"
        return JsonResponse(told, status=200 if status == "ready" else 503)


def _status(checks: Checks) -> str:
    if leaving.is_set():
        return "leaving"
    return "not_ready" if any(check["status"] == "failed" for check in checks.values()) else "ready"
