"""A child that is a crowd of customers: most browse, some look after their orders, a few order. Made of locust.

python -m benchmarks.load.crowd      # asks as much as it is told to
"""

import os
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent  # type: ignore[import-untyped]
import psutil  # type: ignore[import-untyped]
from locust import FastHttpUser, constant, task
from locust.env import Environment

from benchmarks.children import obey
from benchmarks.commerce import order_of_two
from benchmarks.load import KEY

GIVE_UP = 10.0
"""Seconds after which a customer asks no longer."""
WARM_UP = 2.0
"""Seconds that do not count."""


class Customer(FastHttpUser):
    """Has one question at a time, and keeps the connection."""

    network_timeout = connection_timeout = GIVE_UP
    max_retries = 0
    next_at: float
    products: list[str] = []
    placed: list[str] = []

    def on_start(self) -> None:
        self.next_at = time.monotonic()
        gevent.sleep(self.wait_time())

    @task(73)
    def browse(self) -> None:
        if not self.products or random.random() < 0.3:
            listed = self._ask("GET", "/api/v1/products?limit=20")
            self.products[:] = [each["id"] for each in listed.get("data", [])] or self.products
        else:
            self._ask("GET", f"/api/v1/products/{random.choice(self.products)}")

    @task(25)
    def look_after_an_order(self) -> None:
        if self.placed:
            self._ask("GET", f"/api/v1/orders/{random.choice(self.placed)}")
        else:
            self._ask("GET", "/api/v1/orders?limit=10")

    @task(2)
    def order(self) -> None:
        placed = self._ask("POST", "/api/v1/orders", json=order_of_two(), key=uuid.uuid4().hex)
        if "lines" in placed:
            self.placed.append(placed["id"])

    def _ask(self, method: str, path: str, *, json: Any = None, key: str = "") -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {os.environ[KEY]}"} | ({"Idempotency-Key": key} if key else {})
        with self.client.request(method, path, json=json, headers=headers, catch_response=True) as response:
            answer: Mapping[str, Any] = response.json() if 200 <= response.status_code < 300 else {}
        return answer


@dataclass
class Heard:
    """What became of the questions of one phase, but for those of its beginning. Times in milliseconds."""

    since: float
    took: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)

    def note(self, *, start_time: float, response_time: float, response: Any, **_: Any) -> None:
        if start_time < self.since:
            return
        if 200 <= response.status_code < 300:
            self.took.append(response_time)
        elif response.status_code == 503 and "overloaded" in response.text:
            self.refused.append(response_time)
        else:
            why = str(response.status_code)
            self.failed[why] = self.failed.get(why, 0) + 1


def now_and_then(each: float) -> Callable[[Any], float]:
    """Waits for a customer who asks `each` times a second, whatever an answer takes.

    They are drawn: all customers together are a Poisson process. With waits of one length they keep step, for good.
    """

    def wait(customer: Customer) -> float:
        now = time.monotonic()
        customer.next_at = max(customer.next_at + random.expovariate(each), now)
        return customer.next_at - now

    return wait


def ask(*, url: str, customers: int, each: float, seconds: float) -> Mapping[str, Any]:
    """`each`: questions a second of a customer; 0: the next one follows upon the answer."""
    Customer.wait_time = now_and_then(each) if each else constant(0)
    environment = Environment(user_classes=[Customer], host=url)
    heard = Heard(since=time.time() + WARM_UP)
    environment.events.request.add_listener(heard.note)  # type: ignore[no-untyped-call]  # locust's lapse
    runner = environment.create_local_runner()
    runner.start(customers, spawn_rate=customers)
    gevent.sleep(WARM_UP)
    cpu = _cpu()
    gevent.sleep(seconds)
    cpu = _cpu() - cpu
    runner.quit()
    return {"took": heard.took, "refused": heard.refused, "failed": heard.failed, "cpu": cpu / seconds}


def _cpu() -> float:
    taken = psutil.Process().cpu_times()
    return float(taken.user + taken.system)


if __name__ == "__main__":
    deed: Callable[..., Any] = ask
    obey(deed)
