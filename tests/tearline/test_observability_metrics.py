"""What Prometheus reads, and who may."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from pytest_django import Settings

from tearline import standing_work
from tearline.models import OutboxRow, TaskRow
from tearline.observability import _exposition, listen
from tearline.testing import settle, written_in
from tearline.work import Queue, task
from tearline.work import _queues as queues
from tests.clock import let_pass
from tests.journeys.shop import Shop
from tests.tearline.observed import Samples, grown, names, scraped, value
from tests.tearline.specimen import HOME

TOKEN = "made-up-token"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


# Who may ask


@pytest.fixture
def guarded(settings: Settings) -> None:
    settings.TEARLINE_METRICS_TOKEN = TOKEN


@pytest.mark.usefixtures("guarded", "db")
def test_whoever_has_the_token_may_ask_under_any_name_for_the_host(client: Client) -> None:
    answer = client.get("/metrics", headers=ALLOWED | {"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("sent", [{}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}])
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.usefixtures("guarded", "db")
def test_whoever_has_not_the_token_may_not(
    client: Client, settings: Settings, debug: bool, sent: dict[str, str]
) -> None:
    settings.DEBUG = debug
    answer = client.get("/metrics", headers=sent)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    assert b"tearline" not in answer.content


@pytest.mark.usefixtures("db")
def test_without_a_token_there_is_no_such_page_in_production(client: Client, settings: Settings) -> None:
    settings.DEBUG = False
    asked, nonsense = client.get("/metrics"), client.get("/nonsense")
    assert (asked.status_code, asked.content) == (nonsense.status_code, nonsense.content) == (404, nonsense.content)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 401),
        ("", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 401),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}, 401),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 401),
    ],
)
@pytest.mark.usefixtures("db")
def test_without_a_token_in_development_only_this_machine_may(
    client: Client, settings: Settings, address: str, headers: dict[str, str], status: int
) -> None:
    settings.DEBUG = True
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.usefixtures("guarded", "db")
def test_the_page_is_read_only(client: Client) -> None:
    assert client.post("/metrics", headers=ALLOWED).status_code == 405
    assert client.head("/metrics", headers=ALLOWED).status_code == 200


# What is counted


@pytest.fixture
def shop(db: None, mailoutbox: list[object]) -> Shop:
    return Shop()


def test_an_order_is_counted_at_every_place_that_it_passes(shop: Shop) -> None:
    before = scraped()
    shop.order("MUG-BLUE", 2)
    shop.settle()
    after = scraped()
    assert grown(before, after, "tearline_http_requests_total") == {("POST", "api/v1/orders", "201"): 1}
    assert grown(before, after, "tearline_commands_total") == {
        ("orders.place", "done"): 1,
        ("inventory.reserve", "done"): 1,
        ("payments.authorize", "done"): 1,
        ("payments.capture", "done"): 1,
    }
    assert grown(before, after, "tearline_steps_total") == {
        ("done", "orders.fulfil.reserve_stock"): 1,
        ("done", "orders.fulfil.authorize_payment"): 1,
        ("done", "orders.fulfil.capture_payment"): 1,
        ("done", "orders.fulfil.confirm"): 1,
    }
    assert grown(before, after, "tearline_sagas_total") == {("completed", "orders.fulfil"): 1}
    assert grown(before, after, "tearline_tasks_total") == {
        ("done", "shipping.prepare"): 1,
        ("done", "notifications.send"): 2,
    }
    heard = grown(before, after, "tearline_events_total")
    assert len(heard) >= 10
    assert {*heard.values()} == {1}
    assert grown(before, after, "tearline_retries_total") == {}


def test_an_order_that_is_undone_is_counted_as_one(shop: Shop) -> None:
    before = scraped()
    shop.order("MUG-BLUE", 2, card="pm_card_declined")
    shop.settle()
    after = scraped()
    assert grown(before, after, "tearline_sagas_total") == {("undone", "orders.fulfil"): 1}
    assert grown(before, after, "tearline_undos_total") == {
        ("done", "orders.fulfil.release_stock"): 1,
        ("done", "orders.fulfil.cancel"): 1,
    }
    assert grown(before, after, "tearline_commands_total")["payments.authorize", "refused"] == 1


def test_a_saga_lasts_from_its_start_and_not_from_its_last_try(shop: Shop) -> None:
    before = scraped()
    shop.order("MUG-BLUE", 2, card="pm_card_flaky")
    shop.settle()
    after = scraped()
    lasted = grown(before, after, "tearline_saga_seconds_sum")["completed", "orders.fulfil"]
    asked = sum(grown(before, after, "tearline_step_seconds_sum").values())
    assert lasted > asked
    assert grown(before, after, "tearline_retries_total") == {("orders", "sagas"): 4}
    assert grown(before, after, "tearline_questions_total")["payments.authorize", "unavailable"] == 2


@pytest.mark.usefixtures("declarations")
def test_parked_rows_and_lost_leases_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    @task("inventory.count")
    @written_in("inventory.services")
    def count(name: str) -> None:
        raise LookupError("lost count")

    before = scraped()
    with transaction.atomic(using=HOME):
        count.later("mugs")
    settle()
    (row,) = TaskRow.objects.using(HOME).all()
    row.fence -= 1
    with pytest.raises(queues.LeaseLost):
        Queue("tasks", TaskRow).finish(HOME, [row])
    after = scraped()
    assert grown(before, after, "tearline_parkings_total") == {(HOME, "tasks"): 1}
    assert grown(before, after, "tearline_retries_total") == {(HOME, "tasks"): 5}
    assert grown(before, after, "tearline_leases_lost_total") == {(HOME, "tasks"): 1}


def test_what_no_view_answers_has_no_route(client: Client, db: None) -> None:
    before = scraped()
    for path in ("/nonsense", "/more/nonsense"):
        client.get(path)
    client.generic("BREW", "/nonsense")
    assert grown(before, scraped(), "tearline_http_requests_total") == {
        ("GET", "(none)", "404"): 2,
        ("OTHER", "(none)", "404"): 1,
    }


# What rows say


def standing() -> Samples:
    registry = CollectorRegistry()
    registry.register(standing_work.StandingWork())
    return scraped(generate_latest(registry).decode())


@pytest.mark.usefixtures("declarations")
def test_how_work_stands_is_read_from_the_rows_whoever_made_them() -> None:
    @task("inventory.count")
    @written_in("inventory.services")
    def count(name: str) -> None:
        raise LookupError("lost count")

    with transaction.atomic(using=HOME):
        count.later("parked")
    settle()
    with transaction.atomic(using=HOME):
        count.later("due")
        count.after(timedelta(hours=1), "later")
    let_pass(timedelta(minutes=1))
    found = standing()
    tasks = {"module": HOME, "queue": "tasks"}
    assert value(found, "tearline_queue_due", tasks) == 1
    assert value(found, "tearline_queue_later", tasks) == 1
    assert value(found, "tearline_queue_parked", tasks) == 1
    assert 60 <= value(found, "tearline_queue_lag_seconds", tasks) < 90
    assert value(found, "tearline_queue_lag_seconds", {"module": "orders", "queue": "tasks"}) == 0
    assert {name for name in names(found) if name.startswith("tearline_queue")} == {
        f"tearline_queue_{part}" for part in ("due", "later", "parked", "lag_seconds", "age_seconds")
    }


def test_what_was_found_is_kept_for_two_seconds_for_all_who_ask(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 1.9, 2.0, 2.0, 3.9])  # the clock is read by each who asks but the first, and after each look
    looks = iter(["first", "second"])
    monkeypatch.setattr(standing_work, "look_around", lambda: [next(looks)])
    work = standing_work.StandingWork(now=lambda: next(seconds))
    assert [list(work.collect()) for _ in range(4)] == [["first"], ["first"], ["second"], ["second"]]


def test_a_database_that_is_down_is_told_to_be_and_hides_no_other(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connections["payments"], "cursor", refuse)
        found = standing()
    assert value(found, "tearline_database_up", {"module": "payments"}) == 0
    assert value(found, "tearline_database_up", {"module": "orders"}) == 1
    modules = {dict(labels)["module"] for name, labels in found if name == "tearline_queue_due"}
    assert "orders" in modules
    assert "payments" not in modules


def test_an_event_that_a_read_model_does_not_know_yet_is_told_with_its_age(shop: Shop) -> None:
    labels = {"module": "orders", "projection": "orders.daily_sales"}

    def told() -> tuple[float, float]:
        found = standing()
        waiting, lag = (f"tearline_projection_{name}" for name in ("waiting", "lag_seconds"))
        return value(found, waiting, labels), value(found, lag, labels)

    assert told() == (0, 0)
    shop.order("MUG-BLUE", 2)
    OutboxRow.objects.using("orders").update(created_at=F("created_at") - timedelta(hours=1))
    waiting, lag = told()
    assert waiting == 1
    assert lag > 3600
    shop.settle()
    assert told() == (0, 0)


def test_no_finished_row_is_looked_at_to_tell_how_work_stands(db: None, engine: str) -> None:
    with CaptureQueriesContext(connections["orders"]) as asked:
        standing_work.look_around()
    counting = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(counting) == 13  # what is due and what is parked, of four queues; where read models are, what they lack
    with connections["orders"].cursor() as cursor, transaction.atomic(using="orders"):
        if engine == "postgres":
            cursor.execute("SET LOCAL enable_seqscan = off")  # as if the tables were long
        for query in counting:
            cursor.execute(f"EXPLAIN {'' if engine == 'postgres' else 'QUERY PLAN '}{query}")
            plan = str(cursor.fetchall())
            indexed = ("_due", "_parked", "_inbox_stream", "_outbox_stream", "tearline_projection")
            assert any(index in plan for index in indexed), (query, plan)


# More than one process


def test_nobody_listens_in_production_without_a_token(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured, match="TEARLINE_METRICS_TOKEN"):
        listen("127.0.0.1:0")


def test_a_process_that_has_not_yet_filled_its_file_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(_exposition.SHARED, str(tmp_path))
    counts: Any = MmapedDict(str(tmp_path / "counter_1.db"))  # type: ignore[no-untyped-call]
    counts.write_value(mmap_key("seen", "seen_total", [], [], "Seen."), 3.0, 0.0)
    counts.close()
    (tmp_path / "counter_2.db").touch()
    told = generate_latest(_exposition._registry(rows=False)).decode()
    assert "seen_total 3.0" in told


def test_how_circuits_stood_in_a_process_that_is_gone_is_told_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(_exposition.SHARED, str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for process, stands in ((os.getpid(), 1.0), (gone.pid, 2.0)):
        gauges: Any = MmapedDict(str(tmp_path / f"gauge_livemax_{process}.db"))  # type: ignore[no-untyped-call]
        gauges.write_value(mmap_key("circuit", "circuit", [], [], "How it stands."), stands, 0.0)
        gauges.close()
    assert "circuit 1.0" in generate_latest(_exposition._registry(rows=False)).decode()
