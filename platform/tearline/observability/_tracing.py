"""Sends spans to wherever the standard OTEL_* variables say, when the extra `observability` is installed.

Tracing is on when OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) is given, or
OTEL_TRACES_EXPORTER names exporters. Sampling, batching, headers and limits are the SDK's own variables.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import find_spec
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from opentelemetry import trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def start_tracing() -> None:
    """Once in each process. Raises ImproperlyConfigured when an exporter is asked for that is not installed."""
    if not (wanted := exporters_wanted()):
        return
    if not find_spec("opentelemetry.sdk"):
        raise ImproperlyConfigured("OTEL_* variables ask for traces: install tearline[observability]")
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporters = [_exporter(name) for name in wanted]
    unless_told = Resource.create({SERVICE_NAME: f"tearline-{settings.TEARLINE_TOPOLOGY.process.name}"})
    provider = TracerProvider(resource=unless_told.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    with _deaf_threads():
        for exporter in exporters:
            provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    # By a finalizer, as in the processes that granian starts atexit may not run; after the worker has drained.
    Finalize(None, provider.shutdown, exitpriority=50)


@contextmanager
def _deaf_threads() -> Iterator[None]:
    """Threads that are started inside hear no signals: whoever waits for one elsewhere shall be the one that does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def flush_traces() -> None:
    """Send at once what is still to be sent: for processes that end without their finalizers."""
    flush = getattr(trace.get_tracer_provider(), "force_flush", None)  # the SDK's provider has it
    if flush is not None:
        flush()


def exporters_wanted() -> list[str]:
    """By name. None, unless a variable says where traces go."""
    told = os.environ.get("OTEL_TRACES_EXPORTER", "otlp" if any(map(os.environ.get, _ENDPOINTS)) else "none")
    return [name.strip() for name in told.split(",") if name.strip() not in ("", "none")]


def _exporter(name: str) -> "SpanExporter":
    """By the name under which it is installed; `otlp` stands for OTLP in the protocol that the variables name."""
    if name == "otlp":
        protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        name = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    found = entry_points(group="opentelemetry_traces_exporter", name=name)
    if not found:
        raise ImproperlyConfigured(f"OTEL_TRACES_EXPORTER: no exporter is installed for {name}")
    exporter: SpanExporter = next(iter(found)).load()()
    return exporter
