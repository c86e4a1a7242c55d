"""The server itself is killed outright, over real HTTP; started again on the same databases, it ends what it began."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from modules.orders.contracts import Order, PlaceOrder, WantedLine
from modules.orders.facade import orders
from tearline.api.keys import issue
from tearline.testing import settle
from tests.clock import let_pass
from tests.faults import audit, scenarios
from tests.faults.scenarios import ADDRESS, Scenario
from tests.processes import Running, eventually, free_port, running

FAST = Scenario("fast", "confirmed")
SLOW = Scenario("slow", "confirmed", card="pm_card_slow")


@pytest.fixture
def api(db: None, witnessed: None) -> Iterator[httpx.Client]:
    """A customer with a key, at the address where the server is or will be. Mugs are for sale."""
    scenarios.fill_the_shelf("MUG")
    _, token = issue(name="faults", scopes=["orders:write"])
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "the one order"}
    with httpx.Client(base_url=f"http://127.0.0.1:{free_port()}/api/v1", headers=headers, timeout=30) as client:
        yield client


def test_killed_while_a_card_is_charged_it_ends_the_order_when_it_is_back(api: httpx.Client) -> None:
    with serving(api) as server:
        order = placed(api, SLOW)
        eventually(lambda: "authorize payment started" in timeline(order), "the provider is asked")
        server.close()  # kill -9
    assert orders.find(order.id).status == "pending"
    with serving(api):
        eventually(lambda: orders.find(order.id).status == "confirmed", "the order is confirmed", seconds=10)
    assert flaws_in_the_end(order, SLOW) == []


def test_a_request_that_died_with_the_server_is_answered_when_it_is_repeated(api: httpx.Client) -> None:
    with serving(api, TEARLINE_KILL_AT="command.asking") as server:
        with pytest.raises(httpx.TransportError):
            placed(api, FAST)
        server.close()  # kill -9
    let_pass(timedelta(minutes=1))  # the first request counts as being on its way for a while
    with serving(api):
        order = placed(api, FAST)
        assert placed(api, FAST).id == order.id
        eventually(lambda: orders.find(order.id).status == "confirmed", "the order is confirmed")
    assert flaws_in_the_end(order, FAST) == []


@contextmanager
def serving(api: httpx.Client, **environ: str) -> Iterator[Running]:
    """`manage.py serve` at the customer's address, listening. It is told to end in order, if it is not dead by then."""
    command = [sys.executable, "manage.py", "serve", "--port", str(api.base_url.port)]
    witnessed = {"DJANGO_SETTINGS_MODULE": "tests.faults.chaos.settings"}
    with running(command, os.environ | witnessed | {"PYTHONUNBUFFERED": "1"} | environ) as server:
        server.wait_for("curl ")
        yield server
        if server.alive():
            server.press_ctrl_c()
            server.end()


def placed(api: httpx.Client, scenario: Scenario) -> Order:
    lines = [WantedLine(sku="MUG", quantity=scenario.quantity)]
    order = PlaceOrder(email="ada@example.com", ship_to=ADDRESS, lines=lines, payment_method=scenario.card)
    return Order.model_validate_json(api.post("/orders", json=order.model_dump()).raise_for_status().content)


def timeline(order: Order) -> list[str]:
    return [entry.what for entry in orders.timeline(order.id)]


def flaws_in_the_end(order: Order, scenario: Scenario) -> list[str]:
    let_pass(timedelta(minutes=5))
    settle()
    return audit.flaws(order.id, scenario)
