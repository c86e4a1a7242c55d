"""What tests see of the system from outside: its spans, its log lines, its metrics."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest import mock

from django.test import Client, override_settings
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from tearline.observability import _spans, line_formatter


class Spans:
    """Those that have ended so far, oldest first."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def all(self) -> list[ReadableSpan]:
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.all() if span.name == name]

    def tree(self) -> str:
        """The names, each below its parent."""
        known = {span.context.span_id for span in self.all() if span.context}
        roots = [span for span in self.all() if span.parent is None or span.parent.span_id not in known]
        return "\n".join(line for root in roots for line in self._drawn(root, 0))

    def _drawn(self, span: ReadableSpan, depth: int) -> Iterator[str]:
        yield "  " * depth + span.name
        for child in self.all():
            if child.parent and span.context and child.parent.span_id == span.context.span_id:
                yield from self._drawn(child, depth + 1)


@contextlib.contextmanager
def recorded_spans() -> Iterator[Spans]:
    """Every span that ends inside, as an SDK records it."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with mock.patch.object(_spans, "tracer", provider.get_tracer("tearline")):
        yield Spans(exporter)
    provider.shutdown()


def facts(span: ReadableSpan) -> dict[str, Any]:
    """Its attributes, without the `tearline.` in front."""
    return {name.removeprefix("tearline."): value for name, value in (span.attributes or {}).items()}


class Lines:
    """The log lines so far, as a deployment writes them."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["logger"] == logger]


@contextlib.contextmanager
def told_lines(*, readable: bool = False) -> Iterator[Lines]:
    """Every line that is told inside, by whichever logger."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(line_formatter(readable=readable))
    logging.getLogger().addHandler(handler)
    try:
        yield Lines(stream)
    finally:
        logging.getLogger().removeHandler(handler)


Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(text: str | None = None) -> Samples:
    """Every sample of a page of metrics, by name and labels; of this process's own page, unless one is given."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(own_page() if text is None else text)
        for sample in family.samples
    }


def own_page() -> str:
    with override_settings(TEARLINE_METRICS_TOKEN="made-up"):
        response = Client().get("/metrics", headers={"Authorization": "Bearer made-up"})
    assert response.status_code == 200
    return response.content.decode()


def value(samples: Samples, name: str, labels: Mapping[str, str]) -> float:
    """0 when it was never counted."""
    return samples.get((name, frozenset(labels.items())), 0.0)


def grown(before: Samples, after: Samples, name: str) -> dict[tuple[str, ...], float]:
    """By how much each of a counter's samples grew, by the values of its labels in the order of their names."""
    found: dict[tuple[str, ...], float] = {}
    for (sample, labels), now in after.items():
        growth = now - before.get((sample, labels), 0.0)
        if sample == name and growth:
            found[tuple(text for _, text in sorted(labels))] = growth
    return found


def names(samples: Samples) -> Sequence[str]:
    return sorted({name for name, _ in samples})
