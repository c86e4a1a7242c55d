"""Celery's children do the work: the worker that forked them is asked what they did, and all their spans are sent."""

import os
import signal
import sys

import httpx

from tests.deployed.collector import Collector
from tests.journeys.shop import Shop
from tests.processes import eventually, running
from tests.redis_server import RedisServer
from tests.tearline.observed import scraped, value

TOKEN = "made-up-token"


def test_what_the_children_do_is_seen(db: None, collector: Collector, port: int, redis_server: RedisServer) -> None:
    order = Shop().order("MUG-BLUE", 2)
    environ = {
        "PYTHONUNBUFFERED": "1",
        "REDIS_URL": redis_server.url,
        "TEARLINE_METRICS_LISTEN": f"127.0.0.1:{port}",
        "TEARLINE_METRICS_TOKEN": TOKEN,
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "600000",  # so that only what is sent at the end arrives
    }
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config"]
    with (
        running([*celery, "worker", "-c", "2"], os.environ | environ) as worker,
        running([*celery, "beat"], os.environ | environ),
    ):
        worker.wait_for(" ready.")

        def counted(name: str, **labels: str) -> float:
            answer = httpx.get(
                f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
            )
            return value(scraped(answer.raise_for_status().text), name, labels)

        sent = {"task": "notifications.send", "outcome": "done"}
        eventually(lambda: counted("tearline_tasks_total", **sent) == 2, "both letters are counted")
        assert counted("tearline_sagas_total", saga="orders.fulfil", outcome="completed") == 1
        worker.signal(signal.SIGTERM)
        assert worker.end() == 0
    assert {"orders.fulfil", "payments.authorize asks", "notifications.send"} <= collector.spans()
    assert order.status == "pending"
