"""What Prometheus reads: `GET /metrics`.

    TEARLINE_METRICS_TOKEN given   whoever sends it: Authorization: Bearer <token>
    not given, DEBUG on            this machine, and nobody who comes by way of a proxy
    not given, DEBUG off           nobody: there is no such page

The middleware stands before everything that looks at hosts and sessions, as scrapers ask by address.
"""

import hmac
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import partial
from ipaddress import ip_address
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, values
from prometheus_client.core import Metric
from prometheus_client.exposition import ThreadingWSGIServer, choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tearline.observability._metrics import counted

PATH = "/metrics"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes of one server or worker count together. Read by Prometheus's client."""

_BY_WAY_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")

_of_rows: list[Collector] = []


class MetricsMiddleware:
    """Answers /metrics to those who may ask. To all others it is a path like any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase], *, rows: bool = True) -> None:
        """`rows`: whether to tell what rows say, too."""
        self.get_response = get_response
        self._rows = rows

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != PATH or not _is_open():
            return self.get_response(request)
        if not _may_ask(request):
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return HttpResponse(
            encode(_registry(rows=self._rows)), content_type=content_type, headers={"Cache-Control": "no-store"}
        )


def listen(address: str, *, rows: bool = True) -> None:
    """Answer /metrics at `<host>:<port>` too, in a thread: for processes that answer no requests otherwise.

    `rows`: whether to tell what rows say, too, for which the databases are asked.
    Raises ImproperlyConfigured when nobody may ask, OSError when the port is taken.
    """
    if not _is_open():
        raise ImproperlyConfigured("TEARLINE_METRICS_LISTEN needs a TEARLINE_METRICS_TOKEN when DEBUG is off")
    host, _, port = address.rpartition(":")
    page = MetricsMiddleware(lambda _request: HttpResponseNotFound(), rows=rows)
    server = make_server(host, int(port), partial(_answer, page), ThreadingWSGIServer, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def tell_of_rows(collector: Collector) -> None:
    """What this finds in databases is told, too, from now on."""
    _of_rows.append(collector)


def count_together() -> None:
    """Have this process and those that it starts count together, in a folder that is theirs alone.

    Before anything is counted, and before they are started or forked.
    """
    if not os.environ.get(SHARED):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="tearline-metrics-")
        # By a finalizer, as that is not run by a forked child, too.
        Finalize(None, shutil.rmtree, args=(os.environ[SHARED], True), exitpriority=0)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def _is_open() -> bool:
    return bool(settings.TEARLINE_METRICS_TOKEN) or settings.DEBUG


def _may_ask(request: HttpRequest) -> bool:
    if settings.TEARLINE_METRICS_TOKEN:
        wanted = f"Bearer {settings.TEARLINE_METRICS_TOKEN}"
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
    is_direct = not any(header in request.headers for header in _BY_WAY_OF_A_PROXY)
    return is_direct and _is_this_machine(request.META.get("REMOTE_ADDR", ""))


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class _Shared(MultiProcessCollector):
    """What all processes that count together have counted."""

    def collect(self) -> Iterable[Metric]:
        """A process that starts makes its file first and fills it then: one that is empty cannot be read yet.

        What counts in files of `live` gauges ends with their process.
        """
        found = [file for file in Path(os.environ[SHARED]).glob("*.db") if file.stat().st_size]
        files = [str(file) for file in found if not file.name.startswith("gauge_live") or _writer_lives(file)]
        merged: Iterable[Metric] = self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]
        return merged


def _writer_lives(file: Path) -> bool:
    """Whether the process does by whose number the file is named."""
    try:
        os.kill(int(file.stem.rpartition("_")[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _registry(*, rows: bool) -> CollectorRegistry:
    """What was counted, by this process or by all that count together; and what rows say, if wanted."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        _Shared(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(counted)
    for collector in _of_rows if rows else ():
        registry.register(collector)
    return registry


def _answer(page: MetricsMiddleware, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    try:
        response = page(WSGIRequest(environ))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content] if isinstance(response, HttpResponse) else []
    finally:
        connections.close_all()


class _Silent(WSGIRequestHandler):
    """Being asked every few seconds is nothing to write about."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""
