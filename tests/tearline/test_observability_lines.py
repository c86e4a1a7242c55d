"""Log lines say what they belong to: ours, and those of every library."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import transaction
from django.test import Client

from tearline.events import on
from tearline.facades import acting_as
from tearline.observability import about, watching
from tearline.testing import settle, written_in
from tearline.work import drain, task
from tests.journeys.shop import Shop
from tests.tearline.observed import Lines, recorded_spans, told_lines
from tests.tearline.specimen import HOME, ShelfOverflowed, publish_overflow

logger = logging.getLogger("somebody.elses.library")


@pytest.fixture
def lines() -> Iterator[Lines]:
    with told_lines() as lines:
        yield lines


def test_a_line_outside_of_everything_says_who_says_what_and_when(lines: Lines) -> None:
    logger.warning("%d mugs", 3)
    (line,) = lines.all()
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "somebody.elses.library", "message": "3 mugs"}


def test_a_library_s_line_says_what_it_belongs_to(lines: Lines) -> None:
    with (
        recorded_spans() as spans,
        about(request_id="req_1", subject="ord_1"),
        acting_as("api:key_1"),
        acting_as("orders"),
        watching("command", "orders.place"),
    ):
        logger.info("hello")
    (line,), (span,) = lines.all(), spans.all()
    assert span.context is not None
    assert {name: line[name] for name in ("request_id", "subject", "module", "caller", "operation")} == {
        "request_id": "req_1",
        "subject": "ord_1",
        "module": "orders",
        "caller": "api:key_1",
        "operation": "orders.place",
    }
    assert (line["trace_id"], line["span_id"]) == (f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}")


def test_what_an_order_comes_to_is_said_under_its_request_and_its_saga(
    db: None, mailoutbox: list[object], lines: Lines
) -> None:
    shop = Shop()
    order = shop.order("MUG-BLUE", 2, card="pm_card_flaky")
    shop.settle()
    said = lines.of("tearline.sagas._runner")
    assert len(said) == 4
    for line in said:
        assert (line["module"], line["saga"], line["subject"]) == ("orders", "orders.fulfil", order.id)
        assert line["request_id"].startswith("req_")
    assert len({line["request_id"] for line in said}) == 1


@pytest.mark.usefixtures("declarations")
def test_a_failing_handler_is_told_of_with_its_event(lines: Lines) -> None:
    @on(ShelfOverflowed)
    @written_in("inventory.handlers")
    def mop_up(event: ShelfOverflowed) -> None:
        raise LookupError("no mop")

    with about(request_id="req_1"), transaction.atomic(using=HOME):
        event = publish_overflow("b")
    drain()
    line, *_ = lines.of("tearline.events._inbox")
    assert line["message"] == f"inventory.mop_up failed on event {event.id}, try 1: no mop"
    assert (line["module"], line["listener"], line["event_id"]) == (HOME, "inventory.mop_up", event.id)
    assert (line["topic"], line["subject"]) == ("inventory.shelf_overflowed.v1", "b")
    assert (line["request_id"], line["attempt"]) == ("req_1", 1)


@pytest.mark.usefixtures("declarations")
def test_a_task_speaks_under_its_name_and_for_whoever_wanted_it(lines: Lines) -> None:
    @task("inventory.count")
    @written_in("inventory.services")
    def count(name: str) -> None:
        logger.info("counting")
        raise LookupError("lost count")

    with about(request_id="req_1", subject="ord_1"), transaction.atomic(using=HOME):
        count.later("mugs")
    drain()
    (counting, *_), (failed, *_) = lines.of("somebody.elses.library"), lines.of("tearline.work._tasks")
    for line in (counting, failed):
        assert (line["module"], line["task"], line["attempt"]) == (HOME, "inventory.count", 1)
        assert (line["request_id"], line["subject"]) == ("req_1", "ord_1")
    settle()
    assert {line["attempt"] for line in lines.of("somebody.elses.library")} == set(range(1, 7))


@pytest.mark.urls("tests.tearline.example_api")
def test_django_s_own_lines_of_a_request_carry_its_id(db: None, client: Client, lines: Lines) -> None:
    client.get("/api/v1/example/failures/crash", headers={"X-Request-Id": "abc-123"})
    logger.warning("outside of a request")
    assert [(line["logger"], line.get("request_id")) for line in lines.all() if line["level"] != "info"] == [
        ("tearline.api", "abc-123"),
        ("django.request", "abc-123"),
        ("somebody.elses.library", None),
    ]


@pytest.mark.urls("tests.tearline.example_api")
def test_each_request_is_told_by_its_route(
    db: None, client: Client, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="tearline.requests"):
        client.get("/api/v1/example/things/thg_1?name=lovelace", headers={"X-Request-Id": "abc-123"})
        client.get("/lovelace")
    known, unknown = lines.of("tearline.requests")
    assert (known["method"], known["route"], known["request_id"]) == (
        "GET",
        "api/v1/example/things/<thing_id>",
        "abc-123",
    )
    assert (known["status"], known["ms"] >= 0) == (404, True)
    assert (unknown["route"], unknown["status"]) == ("(none)", 404)
    assert "lovelace" not in str([known, unknown])


def test_what_is_said_by_structlog_goes_the_same_way(lines: Lines) -> None:
    with about(subject="ord_1"):
        structlog.get_logger("modules.orders").warning("%d mugs", 3, sku="MUG-BLUE")
    (line,) = lines.all()
    assert (line["logger"], line["message"]) == ("modules.orders", "3 mugs")
    assert (line["sku"], line["subject"], line["level"]) == ("MUG-BLUE", "ord_1", "warning")


def test_extras_are_kept_when_they_are_plain_values(lines: Lines) -> None:
    logger.info("hello", extra={"sku": "MUG-BLUE", "left": 3, "basket": ["ada"], "customer": Client()})
    (line,) = lines.all()
    assert (line["sku"], line["left"]) == ("MUG-BLUE", 3)
    assert line.keys().isdisjoint({"basket", "customer"})


def test_an_error_is_one_line_with_its_traceback(lines: Lines) -> None:
    try:
        raise LookupError("no mug")
    except LookupError:
        logger.exception("oh")
    (line,) = lines.all()
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("LookupError: no mug")


def test_in_development_lines_are_for_people_and_show_no_local_variables() -> None:
    with told_lines(readable=True) as lines, about(subject="ord_1"):
        try:
            password = "hunter2"  # noqa: F841 - what a richer traceback would show
            raise LookupError("no mug")
        except LookupError:
            logger.exception("oh")
    first, *rest = lines.text.splitlines()
    assert "oh" in first
    assert "subject=ord_1" in first
    assert rest[-1] == "LookupError: no mug"
    assert "hunter2" not in lines.text


def test_every_logger_writes_by_this_one_formatter() -> None:
    told: dict[str, Any] = settings.LOGGING
    assert {handler["formatter"] for handler in told["handlers"].values()} == {"line"}
    assert told["formatters"]["line"]["()"] == "tearline.observability.line_formatter"
