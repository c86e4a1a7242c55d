"""Spans leave for wherever the standard variables say, and none is lost when a process ends."""

import os
import sys
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from opentelemetry import trace

from modules.notifications.facade import notifications
from modules.orders.contracts import Order
from tearline.observability import _tracing, start_tracing
from tests.journeys.shop import Shop
from tests.processes import eventually, free_port, running
from tests.tearline.collector import Collector, collecting


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


def everybody_was_told(order: Order) -> bool:
    letters = notifications.notifications_of(order.id)
    return [letter.state for letter in letters] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("command", "told", "service"),
    [
        ("worker", {}, "tearline-shop"),
        ("worker", {"OTEL_SERVICE_NAME": "till"}, "till"),
        ("serve", {}, "tearline-shop"),
    ],
)
def test_a_process_sends_all_its_spans_before_it_ends(
    db: None, collector: Collector, command: str, told: dict[str, str], service: str
) -> None:
    order = Shop().order("MUG-BLUE", 2)
    environ = {
        "PYTHONUNBUFFERED": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "600000",  # so that only what is sent at the end arrives
        **told,
    }
    arguments = ["--port", str(free_port())] if command == "serve" else []
    with running([sys.executable, "manage.py", command, *arguments], os.environ | environ) as process:
        eventually(lambda: everybody_was_told(order), "the order has come to its end")
        assert collector.received == []
        process.press_ctrl_c()
        assert process.end() == 0
    assert {"orders.fulfil", "payments.authorize asks", "notifications.send"} <= collector.spans()
    assert collector.services() == {service}


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
