"""What is seen of a process from outside: it sends all its spans before it ends, and says what it has counted."""

import json
import secrets

import httpx
import pytest

from modules.notifications.facade import notifications
from modules.orders.contracts import Order
from tests.deployed.collector import Collector
from tests.deployed.conftest import Manage
from tests.journeys.shop import Shop
from tests.processes import eventually
from tests.tearline.observed import Samples, scraped, value

TOKEN = "made-up-token-of-some-length"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "127.0.0.1",
    "TEARLINE_METRICS_TOKEN": TOKEN,
}


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
    db: None, collector: Collector, manage: Manage, port: int, command: str, told: dict[str, str], service: str
) -> None:
    order = Shop().order("MUG-BLUE", 2)
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "600000",  # so that only what is sent at the end arrives
    }
    arguments = ["--port", str(port)] if command == "serve" else []
    with manage(command, *arguments, **environ, **told) as process:
        eventually(lambda: everybody_was_told(order), "the order has come to its end")
        assert collector.received == []
        process.press_ctrl_c()
        assert process.end() == 0
    assert {"orders.fulfil", "payments.authorize asks", "notifications.send"} <= collector.spans()
    assert collector.services() == {service}


def ask(port: int) -> Samples:
    return scraped(httpx.get(f"http://127.0.0.1:{port}/metrics", headers=ALLOWED, timeout=30).raise_for_status().text)


def test_the_processes_of_a_server_count_together_and_write_one_object_a_line(
    db: None, manage: Manage, port: int
) -> None:
    with manage("serve", "--port", str(port), "--processes", "2", **PRODUCTION) as serving:
        serving.wait_for("Serving")
        for _ in range(40):  # each on a connection of its own, so that both processes get some
            assert httpx.get(f"http://127.0.0.1:{port}/api/v1/orders", timeout=30).status_code == 401
        labels = {"method": "GET", "route": "api/v1/orders", "status": "401"}
        for _ in range(10):
            assert value(ask(port), "tearline_http_requests_total", labels) == 40
        assert httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).status_code == 401
        told = [json.loads(line) for line in serving.printed if line.startswith("{")]
    requests = [line for line in told if line["logger"] == "tearline.requests"]
    assert [line["route"] for line in requests] == ["api/v1/orders"] * 40
    assert len({line["request_id"] for line in requests}) == 40


def test_a_worker_answers_where_it_is_told_to(db: None, manage: Manage, port: int) -> None:
    Shop().order("MUG-BLUE", 2)
    with manage("worker", **PRODUCTION, TEARLINE_METRICS_LISTEN=f"127.0.0.1:{port}") as worker:
        worker.wait_for("Working")
        done = {"saga": "orders.fulfil", "outcome": "completed"}
        eventually(lambda: value(ask(port), "tearline_sagas_total", done) == 1, "the saga is counted")
        assert httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).status_code == 401
        assert httpx.get(f"http://127.0.0.1:{port}/", headers=ALLOWED, timeout=30).status_code == 404
        worker.press_ctrl_c()
        assert worker.end() == 0
