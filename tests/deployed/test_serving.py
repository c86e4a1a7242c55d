"""Processes start only on prepared databases, work while they serve, and end in order."""

import signal
import threading
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from pytest_django import Settings

from modules.orders.contracts import Address, Order, OrderId, PlaceOrder, WantedLine
from modules.orders.facade import orders
from tearline.api.keys import issue
from tearline.models import SagaRow
from tests.deployed.conftest import Manage
from tests.processes import eventually

SLOW = "pm_card_slow"
WORKING = ("serve", "runserver", "worker")


@pytest.fixture
def shop(db: None, settings: Settings) -> None:
    """The demo is on sale, as in development."""
    settings.DEBUG = True
    call_command("demo", verbosity=0)


@pytest.fixture
def slow_order(shop: None) -> Order:
    """An order that waits for a worker, whose payment then takes two seconds."""
    address = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
    lines = [WantedLine(sku="MUG-BLUE", quantity=1)]
    request = PlaceOrder(email="ada@example.com", ship_to=address, lines=lines, payment_method=SLOW)
    return orders.place(request, key="slow")


SLOW_TO_START = """
import threading, time

class Thread(threading.Thread):
    def start(self):
        super().start()
        if self.name.startswith("worker-"):
            time.sleep(1)

threading.Thread = Thread
"""
"""Makes starting the worker take so long that an order is claimed before all of its threads are there."""


@pytest.fixture
def sitecustomize(tmp_path: Path) -> Path:
    """A source file that a process started with PYTHONPATH=tmp_path has loaded."""
    file = tmp_path / "sitecustomize.py"
    file.write_text("LOADED = True\n")
    return file


def owners() -> set[str | None]:
    """Which workers hold an order's saga right now."""
    return set(SagaRow.objects.using("orders").filter(owner__isnull=False).values_list("owner", flat=True))


def status(order_id: OrderId) -> str:
    return orders.find(order_id).status


def arguments(command: str, port: int) -> list[str]:
    listening = {"serve": ["--port", str(port)], "runserver": [str(port)], "worker": []}
    return [command, *listening[command]]


@pytest.mark.parametrize("command", WORKING)
def test_ctrl_c_lets_the_worker_finish_what_it_holds(
    command: str, manage: Manage, port: int, slow_order: Order
) -> None:
    with manage(*arguments(command, port)) as process:
        eventually(owners, "the order is worked on")
        process.press_ctrl_c()
        process.end()

    assert not owners()


@pytest.mark.parametrize("command", WORKING)
def test_ctrl_c_does_so_while_the_worker_is_starting(
    command: str, manage: Manage, port: int, slow_order: Order, sitecustomize: Path
) -> None:
    sitecustomize.write_text(SLOW_TO_START)
    with manage(*arguments(command, port), PYTHONPATH=str(sitecustomize.parent)) as process:
        eventually(owners, "the order is worked on")
        process.press_ctrl_c()
        process.end()

    assert not owners()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_supervisor_can_end_it_in_order_too(command: str, manage: Manage, port: int, slow_order: Order) -> None:
    with manage(*arguments(command, port)) as process:
        eventually(owners, "the order is worked on")
        process.signal(signal.SIGTERM)
        assert process.end() == 0

    assert not owners()


def test_a_worker_killed_outright_leaves_its_claim_to_the_next(manage: Manage, slow_order: Order) -> None:
    with manage("worker") as process:
        eventually(owners, "the order is worked on")
        process.signal(signal.SIGKILL)
        process.end()
    assert owners()

    with manage("worker"):
        eventually(lambda: status(slow_order.id) == "confirmed", "the order is confirmed")


def test_a_server_whose_supervisor_is_killed_ends_in_order(manage: Manage, port: int, slow_order: Order) -> None:
    with manage("serve", "--port", str(port)) as process:
        eventually(owners, "the order is worked on")
        process.signal(signal.SIGKILL)
        process.end()

    assert not owners()


def test_a_request_on_its_way_is_answered_before_the_server_ends(manage: Manage, port: int, shop: None) -> None:
    from tearline.api.keys import development_key

    order = {
        "email": "ada@example.com",
        "ship_to": {"name": "Ada", "line1": "1", "city": "London", "postal_code": "SW1Y 4JH", "country": "GB"},
        "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
        "payment_method": SLOW,
    }
    headers = {"Authorization": f"Bearer {development_key()}", "Idempotency-Key": "slow", "Prefer": "wait=10"}
    answers: list[httpx.Response] = []

    def place() -> None:
        answers.append(httpx.post(f"http://127.0.0.1:{port}/api/v1/orders", json=order, headers=headers, timeout=30))

    with manage("serve", "--port", str(port)) as process:
        process.wait_for("curl")
        client = threading.Thread(target=place)
        client.start()
        eventually(owners, "the order is worked on")
        process.signal(signal.SIGTERM)
        client.join()
        assert process.end() == 0

    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(201, "confirmed")]


def test_a_server_that_was_told_to_end_says_so_and_answers_until_it_leaves(
    manage: Manage, port: int, shop: None
) -> None:
    def health() -> tuple[int, str]:
        response = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=30)
        return response.status_code, response.json()["status"]

    with manage("serve", "--port", str(port), TEARLINE_LEAVE_SECONDS="600") as process:
        process.wait_for("curl")
        assert health() == (200, "ready")
        process.signal(signal.SIGTERM)
        eventually(lambda: health() == (503, "leaving"), "it says that it is leaving")
        assert httpx.get(f"http://127.0.0.1:{port}/", timeout=30).is_success
        process.press_ctrl_c()  # by somebody in a hurry
        process.end()


def test_runserver_finishes_what_it_holds_before_it_loads_changed_code(
    manage: Manage, port: int, slow_order: Order, sitecustomize: Path
) -> None:
    def change() -> bool:
        sitecustomize.touch()
        return process.said("sitecustomize.py changed")

    with manage("runserver", str(port), PYTHONPATH=str(sitecustomize.parent)) as process:
        holders = eventually(owners, "the order is worked on")
        eventually(change, "the change is seen")
        process.wait_for("sitecustomize.py changed")
        process.wait_for("Watching for file changes")
        assert not holders & owners()
        eventually(lambda: status(slow_order.id) == "confirmed", "the order is confirmed")


def test_a_server_without_worker_leaves_the_work_to_others(manage: Manage, port: int, slow_order: Order) -> None:
    with manage("serve", "--port", str(port), "--no-worker") as server:
        server.wait_for("curl")
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=30).is_success
        with manage("worker") as worker:
            eventually(lambda: status(slow_order.id) == "confirmed", "the order is confirmed")
            worker.signal(signal.SIGINT)
            assert worker.end() == 0


@pytest.mark.parametrize("command", ["serve", "runserver"])
def test_two_keys_in_two_headers_are_not_taken_for_a_third(command: str, manage: Manage, port: int, shop: None) -> None:
    _, token = issue(name="twice", scopes=["orders:write"])
    keys = [("Idempotency-Key", "one"), ("Idempotency-Key", "another")]
    headers = [("Authorization", f"Bearer {token}"), *keys]
    with manage(*arguments(command, port)) as server:
        server.wait_for("curl")
        answer = httpx.post(
            f"http://127.0.0.1:{port}/api/v1/orders", headers=headers, json={}, trust_env=False, timeout=30
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


def test_a_taken_port_is_refused_in_one_line(manage: Manage, port: int, db: None) -> None:
    with manage("serve", "--port", str(port)) as first:
        first.wait_for("curl")
        with manage("serve", "--port", str(port)) as second:
            line = second.wait_for("CommandError")
            assert second.end() == 1

    assert line == f"CommandError: Cannot listen on 127.0.0.1:{port}: Address already in use."


@pytest.mark.parametrize("command", WORKING)
def test_an_unprepared_checkout_is_told_what_to_do(command: str, manage: Manage, port: int, tmp_path: Path) -> None:
    with manage(*arguments(command, port), TEARLINE_VAR=str(tmp_path), DATABASE_URL="") as process:
        line = process.wait_for("CommandError")
        assert process.end() == 1

    assert line.startswith("CommandError: Not prepared (default: ")
    assert line.endswith("Run: python manage.py prepare")
