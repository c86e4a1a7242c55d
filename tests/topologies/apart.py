"""A shop taken apart: each module that is out is a process of its own, with its own server and worker.

What became of an order is asked at the gateway, as a customer's programs do; what was charged is read in the provider's
own books. So this process needs no database of theirs.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from django.test import override_settings

from modules.orders.contracts import Order, OrderId
from modules.payments.adapters.simulated import SimulatedProvider
from tests.journeys.shop import ADA, ADDRESS
from tests.network.http_talk import HTTP
from tests.network.proxy import Proxy, at
from tests.processes import Failed, Running, eventually, free_port
from tests.topologies.estates import PLATFORM, Mould

MODULES = ("catalog", "inventory", "payments", "orders", "shipping", "notifications")
REST = "rest"
"""The process of all modules that are not out."""

Split = tuple[tuple[str, ...], str]
"""The modules that are out, and what carries events."""

SPLITS: list[Split] = [((), "redis"), *(((module,), "redis") for module in MODULES), (MODULES, "redis")]

LONGEST = 60.0
"""Seconds. Whoever answers later than that hangs."""

Json = dict[str, Any]


Settle = Callable[[str, Sequence[str]], Mapping[str, str]]
"""From a process and its modules to the variables that lead it to its databases."""


def named(split: Split) -> str:
    out, broker = split
    what = {0: "all in one", len(MODULES): "all out"}.get(len(out)) or f"{out[0]} out"
    return what if broker == "redis" else f"{what} by {broker}"


@dataclass
class Apart:
    """`hosts`: by process, its modules. `lines`: what stands in front of whoever hosts a module."""

    hosts: Mapping[str, Sequence[str]]
    environs: Mapping[str, Mapping[str, str]]
    token: str
    lines: Mapping[str, Proxy]
    ports: Mapping[str, int]
    running: dict[str, Running] = field(default_factory=dict)

    @property
    def gateway(self) -> int:
        """Where the world gets in: the first process."""
        return next(iter(self.ports.values()))

    # Its processes

    def start(self, process: str) -> None:
        """Returns before it serves."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.ports[process])]
        self.running[process] = Running(command, self.environs[process], echo=False)

    def wait_until_all_serve(self) -> None:
        """Raises Failed when one does not, at once when it has ended, with what it has printed."""
        for process in self.running:
            eventually(partial(self._serves, process), f"{process} serves", seconds=60)

    def _serves(self, process: str) -> bool:
        running = self.running[process]
        if not running.alive():
            running.close()
            raise Failed("\n".join([f"{process} has ended", *running.printed]))
        return is_ready(self.ports[process])

    def kill(self, module: str) -> str:
        """SIGKILL the process that hosts it. Its name."""
        process = self.host_of(module)
        self.running[process].close()
        return process

    @contextmanager
    def frozen(self, module: str) -> Iterator[None]:
        """Meanwhile the process that hosts it stands still, its connections open."""
        group = self.running[self.host_of(module)].process.pid
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def end(self) -> None:
        for process in self.running.values():
            process.close()

    def host_of(self, module: str) -> str:
        return next(process for process, modules in self.hosts.items() if module in modules)

    # What customers do

    def order(self, sku: str, quantity: int, *, card: str = "pm_card_ok", key: str = "") -> Order:
        """Raises httpx.HTTPError."""
        return place_an_order(self.gateway, sku, quantity, card=card, key=key, token=self.token)

    def order_somehow(self, sku: str, quantity: int, *, key: str = "") -> Order:
        """Asking again, under the same key, whenever there is no answer."""
        key = key or os.urandom(8).hex()
        content = eventually(lambda: self._placed(sku, quantity, key=key), "it is placed", seconds=LONGEST)
        return Order.model_validate_json(content)

    def try_to_order(self, sku: str, quantity: int, *, card: str = "pm_card_ok", key: str = "") -> httpx.Response:
        """Whatever is answered. Raises httpx.TransportError."""
        return try_to_order(self.gateway, sku, quantity, card=card, key=key, token=self.token)

    def _placed(self, sku: str, quantity: int, *, key: str) -> bytes:
        """Nothing when there was no answer."""
        response = self.try_to_order(sku, quantity, key=key)
        return b"" if response.status_code in (409, 503, 504) else response.raise_for_status().content

    def ask(self, path: str) -> httpx.Response:
        """Whatever the gateway answers to a GET below /api/v1. Raises httpx.TransportError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"http://127.0.0.1:{self.gateway}/api/v1{path}"
        return httpx.get(url, headers=headers, trust_env=False, timeout=LONGEST)

    # What became of it

    def overview(self, order: OrderId) -> Json:
        """Raises httpx.HTTPError."""
        told: Json = self.ask(f"/orders/{order}/overview").raise_for_status().json()
        return told

    def outcome(self, order: OrderId) -> str:
        """The status of the order, or the code of what undid it. Empty when nobody says."""
        response = self.ask(f"/orders/{order}")
        if not response.is_success:
            return ""
        found = Order.model_validate_json(response.content)
        return found.failure.code if found.failure else found.status

    def wait_for(self, order: OrderId, ending: str, *letters: str, parcels: int = 0) -> None:
        """Until it has ended so, and these letters were sent and parcels made for it: no fewer, and no more."""
        eventually(lambda: self.outcome(order) == ending, f"{ending}, and not {self.outcome(order)}", seconds=60)
        wanted: tuple[list[str], int, list[str]] = (sorted(letters), parcels, [])
        eventually(lambda: self._followed(order) == wanted, f"{wanted}, and not {self._followed(order)}", seconds=60)

    def _followed(self, order: OrderId) -> tuple[list[str], int, list[str]]:
        told = self.overview(order)
        sent = [letter["template"] for letter in told["notifications"] or () if letter["state"] == "sent"]
        return sorted(sent), len(told["shipments"] or ()), told["incomplete"]

    def available(self, sku: str) -> int:
        """How many are left to be sold."""
        level: Json = self.ask(f"/stock/{sku}").raise_for_status().json()
        return int(level["available"])

    def charged(self, order: OrderId) -> list[int]:
        """In cents, what the provider has taken for the order, each time."""
        with override_settings(VAR=self.environs[self.host_of("payments")]["TEARLINE_VAR"]):
            return [charge.amount.amount for charge in SimulatedProvider().charges(order)]


@contextmanager
def settled(mould: Mould, folder: Path) -> Iterator[Settle]:
    """Has each process live in a copy of its own of the databases in the mould."""
    with ExitStack() as stack:

        def settle(process: str, modules: Sequence[str]) -> Mapping[str, str]:
            owner, names = f"apart_{process}", (PLATFORM, *modules)
            stack.callback(mould.remove, names, owner)
            mould.copy(names, folder / process, owner)
            return mould.environ_at(folder / process, owner)

        yield settle


@contextmanager
def taken_apart(
    out: Sequence[str],
    *,
    environ: Mapping[str, str],
    folder: Path,
    settle: Settle,
    token: str = "",
    lines: Sequence[str] = (),
    alone: str = "",
) -> Iterator[Apart]:
    """With these modules out, serving. Nothing of it is left afterwards.

    Events go the way that EVENTS_URL in the environment leads. `lines`: modules that are reached by way of a `Proxy`.
    `alone`: the one process that is started; else all are.
    """
    left = [module for module in MODULES if module not in out]
    hosts: dict[str, list[str]] = {**({REST: left} if left else {}), **{module: [module] for module in out}}
    ports = {process: free_port() for process in hosts}
    with ExitStack() as stack:
        proxies = {module: stack.enter_context(Proxy(at(ports[module]), HTTP)) for module in lines}
        reached = ports | {module: proxy.port for module, proxy in proxies.items()}
        topology = folder / "topology.toml"
        topology.write_text(_written(hosts, reached, transport=environ["EVENTS_URL"].partition(":")[0]))
        told = {**environ, "TEARLINE_TOPOLOGY_FILE": str(topology)}
        environs = {
            process: {**told, "TEARLINE_PROCESS": process, **settle(process, modules)}
            for process, modules in hosts.items()
        }
        apart = Apart(hosts, environs, token, proxies, ports)
        stack.callback(apart.end)
        for process in [alone] if alone else hosts:
            apart.start(process)
        apart.wait_until_all_serve()
        yield apart


def _written(hosts: Mapping[str, Sequence[str]], ports: Mapping[str, int], *, transport: str) -> str:
    tables = [
        f'[processes.{process}]\nmodules = {json.dumps(modules)}\nurl = "http://127.0.0.1:{ports[process]}"\n'
        for process, modules in hosts.items()
    ]
    streams = "type" if transport == "kafka" else "module"  # so that both ways are gone
    events = [f'[events]\ntransport = "{transport}"\nstreams = "{streams}"\n'] if len(hosts) > 1 else []
    return "\n".join([*tables, *events])


def try_to_order(
    port: int, sku: str, quantity: int, *, token: str, card: str = "pm_card_ok", key: str = ""
) -> httpx.Response:
    """Whatever the server that listens there answers. Raises httpx.TransportError."""
    lines = [{"sku": sku, "quantity": quantity}]
    body: Json = {"email": ADA, "ship_to": ADDRESS, "lines": lines, "payment_method": card}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or os.urandom(8).hex()}
    url = f"http://127.0.0.1:{port}/api/v1/orders"
    return httpx.post(url, json=body, headers=headers, trust_env=False, timeout=LONGEST)


def place_an_order(port: int, sku: str, quantity: int, *, token: str, card: str = "pm_card_ok", key: str = "") -> Order:
    """Raises httpx.HTTPError."""
    response = try_to_order(port, sku, quantity, token=token, card=card, key=key)
    return Order.model_validate_json(response.raise_for_status().content)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False, timeout=LONGEST).is_success
    except httpx.TransportError:
        return False
