"""Spans and their traces, in process."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from opentelemetry.trace import SpanKind, StatusCode

from tearline.events import _inbox as inbox
from tearline.events import on
from tearline.models import OutboxRow, SagaRow, TaskRow
from tearline.observability import about, carried, known, resuming, watching
from tearline.testing import settle, written_in
from tearline.work import drain, task
from tests.journeys.shop import Shop
from tests.tearline.observed import Spans, facts, grown, recorded_spans, scraped
from tests.tearline.specimen import HOME, ShelfOverflowed, note, notes, publish_overflow
from tests.topologies.apart import MODULES

A_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FROM_OUTSIDE = f"00-{A_TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def spans() -> Iterator[Spans]:
    with recorded_spans() as spans:
        yield spans


@pytest.fixture
def shop(db: None, mailoutbox: list[object]) -> Shop:
    return Shop()


def of_the_shop(tree: str) -> str:
    """Without what modules do that somebody has added since."""
    added = {*settings.TEARLINE_TOPOLOGY.hosted} - {*MODULES}
    return "\n".join(line for line in tree.splitlines() if line.strip().partition(".")[0] not in added)


def test_an_order_is_one_trace_from_the_request_to_the_last_letter(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2)
    shop.settle()
    assert of_the_shop(spans.tree()) == (
        "POST api/v1/orders\n"
        "  orders.place\n"
        "    orders.place asks\n"
        "      catalog.quote\n"
        "    orders.fulfil\n"
        "      orders.fulfil.reserve_stock\n"
        "        inventory.reserve\n"
        "      orders.fulfil.authorize_payment\n"
        "        payments.authorize\n"
        "          payments.authorize asks\n"
        "          notifications.tell_of_payment_authorized\n"
        "      orders.fulfil.capture_payment\n"
        "        payments.capture\n"
        "          payments.capture asks\n"
        "          notifications.tell_of_payment_captured\n"
        "          orders.overview.payment_captured\n"
        "      orders.fulfil.confirm\n"
        "        orders.daily_sales.order_confirmed\n"
        "        inventory.commit_reservation\n"
        "        shipping.open_a_shipment\n"
        "          shipping.prepare\n"
        "            orders.find\n"
        "            notifications.queue_a_shipment_notice\n"
        "              notifications.send\n"
        "                orders.find\n"
        "        notifications.queue_a_confirmation\n"
        "          notifications.send\n"
        "            orders.find\n"
        "    orders.daily_sales.order_placed\n"
        "    notifications.tell_of_order_placed"
    )


def test_an_order_that_is_undone_is_one_trace_too(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2, card="pm_card_declined")
    shop.settle()
    assert of_the_shop(spans.tree()).endswith(
        "      orders.fulfil.authorize_payment\n"
        "        payments.authorize\n"
        "          payments.authorize asks\n"
        "          payments.authorize asks\n"
        "          notifications.tell_of_payment_failed\n"
        "      orders.fulfil.release_stock\n"
        "        inventory.release\n"
        "      orders.fulfil.cancel\n"
        "        orders.daily_sales.order_cancelled\n"
        "        notifications.queue_a_cancellation\n"
        "          notifications.send\n"
        "            orders.find\n"
        "    orders.daily_sales.order_placed\n"
        "    notifications.tell_of_order_placed"
    )


def test_a_step_says_whose_it_is_and_which_try(shop: Shop, spans: Spans) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    (step,) = spans.named("orders.fulfil.reserve_stock")
    (saga,) = spans.named("orders.fulfil")
    told = facts(step)
    assert told.pop("request_id").startswith("req_")
    assert told == {
        "module": "orders",
        "saga": "orders.fulfil",
        "step": "orders.fulfil.reserve_stock",
        "subject": order.id,
        "attempt": 1,
        "outcome": "done",
    }
    assert facts(saga)["outcome"] == "completed"


def test_a_handler_says_what_it_has_heard(shop: Shop, spans: Spans) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    (handled,) = spans.named("inventory.commit_reservation")
    told = facts(handled)
    event_id = OutboxRow.objects.using("orders").get(topic="orders.order_confirmed.v1").event_id
    assert (told["module"], told["listener"]) == ("inventory", "inventory.commit_reservation")
    assert (told["topic"], told["event_id"], told["subject"]) == ("orders.order_confirmed.v1", event_id, order.id)
    assert (told["attempt"], told["outcome"], handled.kind) == (1, "done", SpanKind.CONSUMER)


def test_a_step_without_an_answer_says_so_and_each_try_has_a_span(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2, card="pm_card_flaky")
    shop.settle()
    tries = spans.named("orders.fulfil.authorize_payment")
    assert [(facts(span)["attempt"], facts(span)["outcome"]) for span in tries] == [
        (1, "unavailable"),
        (2, "unavailable"),
        (3, "done"),
    ]
    assert [span.status.status_code for span in tries] == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]
    (said,) = tries[0].events
    assert (said.attributes or {})["exception.type"] == "tearline.contracts.Unavailable"
    assert (said.attributes or {})["exception.message"] == "the simulated provider did not take the call"


def test_a_refused_step_says_by_which_refusal_and_is_no_error(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2, card="pm_card_declined")
    shop.settle()
    (step,) = spans.named("orders.fulfil.authorize_payment")
    (undone,) = spans.named("orders.fulfil.release_stock")
    assert (facts(step)["outcome"], facts(step)["refusal"]) == ("refused", "payments.payment_declined")
    assert step.status.status_code == StatusCode.UNSET
    assert facts(undone)["outcome"] == "done"


def test_a_command_that_was_answered_before_says_so(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2, key="once")
    shop.order("MUG-BLUE", 2, key="once")
    assert [facts(span)["outcome"] for span in spans.named("orders.place")] == ["done", "replayed"]


@pytest.mark.urls("tests.tearline.example_api")
def test_a_request_goes_on_in_the_trace_that_it_brings(db: None, client: Client, spans: Spans) -> None:
    client.get("/api/v1/example/things/x", headers={"traceparent": FROM_OUTSIDE})
    client.get("/api/v1/example/things/x", headers={"traceparent": "nonsense"})
    brought, new = (span.context.trace_id for span in spans.all() if span.context)
    assert f"{brought:032x}" == A_TRACE != f"{new:032x}"


def test_a_request_says_its_route_and_status_and_what_we_did_wrong(shop: Shop, spans: Spans) -> None:
    shop.ask("MUG-NONE", 2)
    (request,) = spans.named("POST api/v1/orders")
    told = request.attributes or {}
    assert (told["http.request.method"], told["http.route"]) == ("POST", "api/v1/orders")
    assert told["http.response.status_code"] in (404, 409, 422)
    assert (request.kind, request.status.status_code) == (SpanKind.SERVER, StatusCode.UNSET)


@pytest.mark.urls("tests.tearline.example_api")
def test_a_request_that_breaks_us_is_an_error(db: None, client: Client, spans: Spans) -> None:
    client.get("/api/v1/example/failures/crash")
    (request,) = spans.all()
    assert request.status.status_code == StatusCode.ERROR


def test_two_orders_are_two_traces_whoever_works_on_them(shop: Shop, spans: Spans) -> None:
    with shop.at_work():
        for _ in range(2):
            shop.ask("MUG-BLUE", 2, wait=10)
    shop.settle()
    roots = [span.context.trace_id for span in spans.all() if span.parent is None and span.context]
    letters = [span.context.trace_id for span in spans.named("notifications.send") if span.context]
    assert len(roots) == len(set(roots)) == 2
    assert sorted(letters) == sorted(roots * 2)


# What goes wrong


def publish(*names: str) -> None:
    with transaction.atomic(using=HOME):
        for name in names:
            publish_overflow(name)


def listen(fails_on: str) -> None:
    """Have inventory note each overflow, but fail twice on one of them: among others, and then alone."""
    failed: list[str] = []

    @on(ShelfOverflowed)
    @written_in("inventory.handlers")
    def mop_up(event: ShelfOverflowed) -> None:
        if event.name == fails_on and len(failed) < 2:
            failed.append(event.name)
            raise LookupError("no mop")
        note(event.name)


@pytest.mark.usefixtures("declarations")
def test_what_was_handled_together_with_a_failure_is_taken_back_and_counted_once(spans: Spans) -> None:
    listen(fails_on="b")
    before = scraped()
    publish("a", "b", "c")
    settle()
    assert sorted(notes()) == ["a", "b", "c"]
    ended = [(facts(span)["subject"], facts(span)["outcome"]) for span in spans.named("inventory.mop_up")]
    assert ended == [
        ("a", "taken back"),
        ("b", "taken back"),
        ("a", "done"),
        ("b", "failed"),
        ("c", "done"),
        ("b", "done"),
    ]
    assert grown(before, scraped(), "tearline_events_total") == {
        ("inventory.mop_up", "done"): 3,
        ("inventory.mop_up", "failed"): 1,
    }


@pytest.mark.usefixtures("declarations")
def test_what_fails_when_it_commits_is_taken_back(spans: Spans, monkeypatch: pytest.MonkeyPatch) -> None:
    listen(fails_on="nothing")
    publish("a")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "reached", lambda point: None if point != "inbox.handled" else 1 / 0)
        drain()
    settle()
    assert [facts(span)["outcome"] for span in spans.named("inventory.mop_up")][-2:] == ["taken back", "done"]
    assert notes() == ["a"]


@pytest.mark.usefixtures("declarations")
def test_an_error_is_told_with_its_traceback_but_without_secrets(spans: Spans) -> None:
    @task("inventory.write")
    @written_in("inventory.services")
    def write(name: str) -> None:
        raise OSError(f"no letter to {name}@example.com")

    with transaction.atomic(using=HOME):
        write.later("ada")
    drain()
    (span, *_) = spans.named("inventory.write")
    (said,) = span.events
    told = said.attributes or {}
    assert told["exception.message"] == "no letter to (e-mail address)"
    assert "in write" in str(told["exception.stacktrace"])
    assert "ada@example.com" not in span.to_json()


@pytest.mark.parametrize("trace", [None, "", "nonsense", "[1]", '{"traceparent": "nonsense"}', '{"subject": null}'])
@pytest.mark.usefixtures("declarations")
def test_no_trace_is_so_bad_that_work_is_left_undone(trace: str | None, spans: Spans) -> None:
    @task("inventory.note")
    @written_in("inventory.services")
    def keep(text: str) -> None:
        note(text)

    with transaction.atomic(using=HOME):
        keep.later("done")
    TaskRow.objects.using(HOME).update(trace=trace)
    settle()
    assert notes() == ["done"]
    (span,) = spans.named("inventory.note")
    assert span.parent is None


# What is handed on


def test_what_is_handed_on_is_the_trace_the_request_and_the_subject(spans: Spans) -> None:
    with about(request_id="req_1", subject="ord_1", attempt=3), watching("task", "orders.do"):
        trace = carried()
    with resuming(trace, module="shipping"), watching("task", "shipping.do"):
        assert known() == {"request_id": "req_1", "subject": "ord_1", "module": "shipping", "task": "shipping.do"}
    first, second = spans.all()
    assert first.context is not None
    assert second.parent is not None
    assert (second.parent.trace_id, second.parent.span_id) == (first.context.trace_id, first.context.span_id)


def test_without_an_sdk_nothing_is_recorded_but_the_request_is_handed_on() -> None:
    with about(request_id="req_1"), watching("task", "orders.do"):
        assert carried() == '{"request_id": "req_1"}'
    assert carried() is None


def test_a_saga_keeps_the_trace_of_the_request_that_began_it(shop: Shop, spans: Spans) -> None:
    shop.order("MUG-BLUE", 2)
    (request,) = spans.named("POST api/v1/orders")
    kept = SagaRow.objects.using("orders").get().trace
    assert request.context is not None
    assert kept is not None
    assert f"{request.context.trace_id:032x}" in kept
