"""Is the process running, and can it serve?

    GET /health/live   200 {"status": "alive"}: touches nothing
    GET /health/ready  200 {"status": "ready", "checks": {…}} or 503 {"status": "not_ready", "checks": {…}}

A check is named after what it looks at: each database, and "migrations". Who knows a topology's fingerprint may ask
by `?topology=…` whether the process goes by that one, and is told "same" or "other" as "topology". Nothing secret is
told: whoever may connect may ask. The middleware stands first, so that no host check and no session can make a healthy
process look dead.
"""

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

KEPT_FOR = 2.0  # seconds: many probes cost one look

Checks = dict[str, dict[str, Any]]


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
        ready = all(check["status"] == "ok" for check in checks.values())
        told: dict[str, Any] = {"status": "ready" if ready else "not_ready", "checks": checks}
        if fingerprint is not None:
            told["topology"] = "same" if fingerprint == settings.TEARLINE_TOPOLOGY.fingerprint else "other"
        return JsonResponse(told, status=200 if ready else 503)


class Readiness:
    """What the last look around has found. One thread looks, the others wait for what it finds."""

    def __init__(self, look: Callable[[], Checks], *, now: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._now = now
        self._lock = threading.Lock()
        self._found: Checks = {}
        self._good_until = 0.0

    def checks(self) -> Checks:
        """Not older than KEPT_FOR."""
        with self._lock:
            if not self._found or self._now() >= self._good_until:
                self._found = self._look()
                self._good_until = self._now() + KEPT_FOR
            return self._found


def look_around() -> Checks:
    """Every database answers, and every migration that belongs into it has been applied."""
    checks: Checks = {}
    late: dict[str, list[str]] = {}
    for alias in connections:
        try:
            checks[alias], unapplied = look_into(alias)
        except Exception as error:  # noqa: BLE001 - whatever keeps a database from answering, it does not answer
            checks[alias], unapplied = {"status": "failed", "error": type(error).__name__}, []
            connections[alias].close()
        if unapplied:
            late[alias] = unapplied
    return checks | {"migrations": {"status": "failed", "unapplied": late} if late else {"status": "ok"}}


def look_into(alias: str) -> tuple[dict[str, Any], list[str]]:
    """That it answers, after how many milliseconds; and the migrations (`app.name`) that it has yet to see."""
    started = time.perf_counter()
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    wanted = [(app, name) for app, name in written_migrations() if router.allow_migrate(alias, app)]
    unapplied = [f"{app}.{name}" for app, name in wanted if (app, name) not in applied]
    return {"status": "ok", "ms": milliseconds}, unapplied


@functools.cache
def written_migrations() -> tuple[tuple[str, str], ...]:
    """Every migration of every installed app. They do not change while a process runs."""
    return tuple(sorted(MigrationLoader(None).disk_migrations))
