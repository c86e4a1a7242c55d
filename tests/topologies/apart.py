"""A shop taken apart: each module that is out is a process of its own, with its own server and worker."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from modules.orders.contracts import Order
from tearline.api.keys import issue
from tests.journeys.shop import ADA, ADDRESS
from tests.processes import Running, eventually, free_port

MODULES = ("catalog", "inventory", "payments", "orders", "shipping", "notifications")
REST = "rest"
"""The process of all modules that are not out."""

Split = tuple[tuple[str, ...], str]
"""The modules that are out, and what carries events."""

SPLITS: list[Split] = [((), "redis"), *(((module,), "redis") for module in MODULES), (MODULES, "redis")]


def named(split: Split) -> str:
    out, broker = split
    what = {0: "all in one", len(MODULES): "all out"}.get(len(out)) or f"{out[0]} out"
    return what if broker == "redis" else f"{what} by {broker}"


@dataclass
class Apart:
    """`hosts`: by process, its modules."""

    hosts: Mapping[str, Sequence[str]]
    environ: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    _token: str = ""

    def start(self, process: str) -> None:
        """Returns before it serves."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.ports[process])]
        self.running[process] = Running(command, {**self.environ, "TEARLINE_PROCESS": process}, echo=False)

    def wait_until_all_serve(self) -> None:
        for process, port in self.ports.items():
            eventually(lambda port=port: is_ready(port), f"{process} serves", seconds=60)  # type: ignore[misc]

    def kill(self, module: str) -> str:
        """SIGKILL the process that hosts it. Its name."""
        process = self._host_of(module)
        self.running[process].close()
        return process

    def end(self) -> None:
        for process in self.running.values():
            process.close()

    def order(self, sku: str, quantity: int, *, card: str = "pm_card_ok", key: str = "") -> Order:
        """Place it at the gateway. Raises httpx.HTTPError."""
        self._token = self._token or an_api_key()
        return place_an_order(self.gateway, sku, quantity, card=card, key=key, token=self._token)

    @property
    def gateway(self) -> int:
        """Where the world asks: the port of the first process."""
        return next(iter(self.ports.values()))

    def _host_of(self, module: str) -> str:
        return next(process for process, modules in self.hosts.items() if module in modules)


@contextmanager
def taken_apart(out: Sequence[str], *, environ: Mapping[str, str], folder: Path) -> Iterator[Apart]:
    """With these modules out, serving, on the databases of this test session. Nothing of it is left afterwards.

    Events go the way that EVENTS_URL in the environment leads.
    """
    left = [module for module in MODULES if module not in out]
    hosts = {**({REST: left} if left else {}), **{module: [module] for module in out}}
    ports = {process: free_port() for process in hosts}
    topology = folder / "topology.toml"
    topology.write_text(_written(hosts, ports, transport=environ["EVENTS_URL"].partition(":")[0]))
    apart = Apart(hosts, {**environ, "TEARLINE_TOPOLOGY_FILE": str(topology)}, ports)
    with ExitStack() as stack:
        stack.callback(apart.end)
        for process in hosts:
            apart.start(process)
        apart.wait_until_all_serve()
        yield apart


def _written(hosts: Mapping[str, Sequence[str]], ports: Mapping[str, int], *, transport: str) -> str:
    tables = [
        f'[processes.{process}]\nmodules = {list(modules)}\nurl = "http://127.0.0.1:{ports[process]}"\n'
        for process, modules in hosts.items()
    ]
    events = [f'[events]\ntransport = "{transport}"\n'] if len(hosts) > 1 else []
    return "\n".join([*tables, *events])


def an_api_key() -> str:
    _, token = issue(name="topologies", scopes=["orders:read", "orders:write"])
    return token


def place_an_order(port: int, sku: str, quantity: int, *, token: str, card: str = "pm_card_ok", key: str = "") -> Order:
    """At the server that listens there. Raises httpx.HTTPError."""
    lines = [{"sku": sku, "quantity": quantity}]
    body: dict[str, Any] = {"email": ADA, "ship_to": ADDRESS, "lines": lines, "payment_method": card}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or os.urandom(8).hex()}
    url = f"http://127.0.0.1:{port}/api/v1/orders"
    response = httpx.post(url, json=body, headers=headers, trust_env=False, timeout=20)
    return Order.model_validate_json(response.raise_for_status().content)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False
