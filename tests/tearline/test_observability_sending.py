"""Spans leave for wherever the standard variables say."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from opentelemetry import trace

from tearline.observability import _tracing, start_tracing


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, []),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, ["otlp", "console"]),
    ],
)
def test_the_standard_variables_say_who_is_sent_to(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], wanted: list[str]
) -> None:
    for variable in [variable for variable in os.environ if variable.startswith("OTEL_")]:
        monkeypatch.delenv(variable)
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    assert _tracing.exporters_wanted() == wanted


def test_without_variables_nothing_is_set_up() -> None:
    before = trace.get_tracer_provider()
    start_tracing()
    assert trace.get_tracer_provider() is before


def test_whoever_asks_for_traces_without_the_extra_is_told_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setattr(_tracing, "find_spec", lambda _name: None)
    with pytest.raises(ImproperlyConfigured, match=r"tearline\[observability\]"):
        start_tracing()


def test_an_exporter_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "carrier_pigeon")
    with pytest.raises(ImproperlyConfigured, match="carrier_pigeon"):
        start_tracing()
