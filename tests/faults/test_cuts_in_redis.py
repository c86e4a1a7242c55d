"""Rings that are cut off, halved or late lose and double nothing: Celery's workers find the work all the same."""

import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.conf import settings

from modules.orders.contracts import Order
from tearline.testing import settle
from tearline.wake_ups import bell_at
from tearline.work._doorbell import doorbell
from tests.clock import let_pass
from tests.faults import audit, scenarios, tally
from tests.faults.scenarios import SCENARIOS
from tests.network.proxy import FAULTS, Proxy, at
from tests.network.redis_talk import Redis
from tests.processes import eventually, running
from tests.redis_server import RedisServer

CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config"]
HAPPY = SCENARIOS["happy"]
ROUNDS = 2


@pytest.fixture
def network(redis_server: RedisServer, witnessed: None, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Between a Redis and all who use it: a worker, beat, and this process, which rings."""
    with ExitStack() as stack:
        proxy = stack.enter_context(Proxy(at(redis_server.port), Redis))
        url = f"redis://127.0.0.1:{proxy.port}/0"
        bell = bell_at(url)
        monkeypatch.setattr(doorbell, "far", bell)
        told = {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "tests.faults.chaos.settings", "REDIS_URL": url}
        queues = ",".join(settings.TEARLINE_TOPOLOGY.hosted)
        worker = stack.enter_context(running([*CELERY, "worker", "-Q", queues, "-c", "1"], os.environ | told))
        stack.enter_context(running([*CELERY, "beat"], os.environ | told))
        worker.wait_for(" ready.", seconds=90)
        yield proxy
        assert bell.flush(10)


@pytest.mark.timeout(400)
def test_an_order_survives_cuts_between_everybody_and_redis(network: Proxy, seed: int) -> None:
    choose = random.Random(seed)
    placed: list[Order] = []
    for fault in FAULTS * ROUNDS:
        sku = f"RUNG-{len(placed) + 1}"
        scenarios.fill_the_shelf(sku)
        network.plan(fault, choose.randint(1, 8))
        order = scenarios.ask(HAPPY, sku)
        placed.append(order)
        assert network.struck.wait(30)
        eventually(lambda order=order: _is_done(order), f"{order.id} arrives in spite of {fault}", seconds=60)  # type: ignore[misc]
        tally.count("cuts")
    let_pass(timedelta(minutes=5))
    settle()
    assert [flaw for order in placed for flaw in audit.flaws(order.id, HAPPY)] == []


def _is_done(order: Order) -> bool:
    return scenarios.has_ended(order.id) and scenarios.nothing_is_left()
