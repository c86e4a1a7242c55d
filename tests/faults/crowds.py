"""Many who order at once, over HTTP, from a shop that serves as it does when deployed; and how it is audited."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from django.db import connections

from modules.inventory.facade import inventory
from modules.orders.contracts import Order
from modules.payments.adapters.simulated import signature
from modules.payments.facade import payments
from tearline.api.keys import issue
from tearline.testing import settle
from tearline.work._status import standings
from tests.clock import let_pass
from tests.faults import audit, scenarios
from tests.faults.scenarios import ADDRESS
from tests.processes import Running, eventually, free_port, running

AT_ONCE = 50
"""Threads, each of which waits for the answer to what it has asked."""

NOBODY_IS_TURNED_AWAY = {"TEARLINE_SERVER_QUEUE": "200", "TEARLINE_SERVER_PATIENCE": "60"}
"""It is the databases that all come to at once."""

ENDED_WITHIN = 100.0
"""Seconds after which an order that is still pending is stuck."""

Answer = TypeVar("Answer")


def at_once(deeds: Iterable[Callable[[], Answer]], *, threads: int = AT_ONCE) -> list[Answer]:
    """What comes of each. They begin in this order, so many at a time."""
    with ThreadPoolExecutor(threads) as crowd:
        return [doing.result() for doing in [crowd.submit(deed) for deed in deeds]]


@dataclass
class Shop:
    """What customers see of it. `pieces`: what was on the shelf. `answered`: how often with which status."""

    client: httpx.Client
    pieces: Mapping[str, int]
    began: datetime
    deadlocks: int
    answered: Counter[int] = field(default_factory=Counter)

    def order(self, lines: Sequence[tuple[str, int]], *, key: str, card: str = "pm_card_ok") -> httpx.Response:
        """One request, as answered."""
        wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
        body = {"email": "ada@example.com", "ship_to": ADDRESS.model_dump(), "lines": wanted, "payment_method": card}
        return self._noted(self.client.post("/orders", json=body, headers={"Idempotency-Key": key}))

    def webhook(self, body: bytes) -> httpx.Response:
        """As the provider sends it."""
        headers = {"Simulated-Signature": signature(body), "Content-Type": "application/json"}
        return self._noted(self.client.post("/payments/webhooks/simulated", content=body, headers=headers))

    def _noted(self, response: httpx.Response) -> httpx.Response:
        self.answered[response.status_code] += 1
        return response

    def ended(self, order_ids: Iterable[str]) -> list[Order]:
        """The orders, once none is pending any more. Raises Failed."""
        eventually(lambda: not self._pending(), "all orders have ended", seconds=ENDED_WITHIN)
        found = at_once([lambda each=each: self.client.get(f"/orders/{each}") for each in order_ids])  # type: ignore[misc]
        return [Order.model_validate_json(response.raise_for_status().content) for response in found]

    def _pending(self) -> list[Any]:
        page = self.client.get("/orders", params={"status": "pending", "limit": 1}).raise_for_status().json()
        pending: list[Any] = page["data"]
        return pending

    def flaws(self, orders: Sequence[Order], *, given_back: int = 0) -> list[str]:
        """Everything that is wrong in a shop that has these orders and no others. Nobody may be at work any more.

        `given_back`: of each that was paid, in cents.
        """
        let_pass(timedelta(minutes=5))
        settle(timeout=60)
        return [
            *(f"answered {status} {times} times" for status, times in self.answered.items() if status >= 500),
            *audit.of_many(orders, given_back=given_back),
            *self._of_the_stock(orders),
            *self._of_the_books(),
            *([f"{deadlocks() - self.deadlocks} deadlocks"] if deadlocks() > self.deadlocks else []),
        ]

    def _of_the_stock(self, orders: Sequence[Order]) -> Iterator[str]:
        """What has been sold is gone, neither more nor less, and the ledger says the same."""
        sold = Counter[str]()
        for order in orders:
            if order.status == "confirmed":
                sold.update({line.sku: line.quantity for line in order.lines})
        for level in inventory.levels(list(self.pieces)):
            if level.available != self.pieces[level.sku] - sold[level.sku] or level.available < 0:
                yield f"of {self.pieces[level.sku]} {level.sku}, {sold[level.sku]} are sold and {level.available} left"
        for difference in inventory.drift().differences:
            yield f"stock: {difference}"

    def _of_the_books(self) -> Iterator[str]:
        """Of all money that has moved, by our ledger and by the provider's statement."""
        compared = payments.reconcile(self.began, datetime.now(UTC) + timedelta(minutes=1))
        for difference in compared.differences:
            yield f"money: {difference}"


def deadlocks() -> int:
    """How many the database has broken up. SQLite has none: its writers stand in line."""
    if connections["inventory"].vendor != "postgresql":
        return 0
    with connections["inventory"].cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@contextmanager
def open_shop(pieces: Mapping[str, int]) -> Iterator[Shop]:
    """Two processes of `manage.py serve`, which also work. When it is left, they have done what was due and ended."""
    for sku, count in pieces.items():
        scenarios.fill_the_shelf(sku, count)
    _, token = issue(name="crowd", scopes=["*"])
    port = free_port()
    limits = httpx.Limits(max_connections=AT_ONCE)
    with (
        _serving(port),
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            limits=limits,
            timeout=60,
            trust_env=False,
        ) as client,
    ):
        yield Shop(client, pieces, datetime.now(UTC) - timedelta(seconds=1), deadlocks())
        eventually(lambda: not _due(), "the shop has done what was due", seconds=ENDED_WITHIN)


def _due() -> bool:
    return any(standing.due for module in audit.MODULES for standing in standings(module))


@contextmanager
def _serving(port: int) -> Iterator[Running]:
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--processes", "2"]
    with running(command, os.environ | NOBODY_IS_TURNED_AWAY | {"PYTHONUNBUFFERED": "1"}) as server:
        server.wait_for("curl ")
        yield server
        server.press_ctrl_c()
        server.end()
