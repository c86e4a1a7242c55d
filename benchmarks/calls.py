"""What a facade call costs: as a method call, through JSON, and over HTTP to another process of this machine.

    python -m benchmarks.calls      # a child that calls as it is told

All three do the same on the same PostgreSQL. What is on the way besides differs, so only the differences are read.
"""

import statistics
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import django
from django.conf import settings

from benchmarks.children import child, obey
from benchmarks.commerce import free_port, serving
from benchmarks.report import Aim, tell
from benchmarks.server import Server

BINDINGS = ("direct", "wire", "http")
DEEDS = ("query", "command")
CALLS = 100
"""Of one binding, before it is another's turn."""

TOPOLOGY = """
[processes.shop]
modules = ["catalog", "inventory", "payments", "orders", "shipping", "notifications"]
url = "http://127.0.0.1:{port}"
"""


@dataclass(frozen=True)
class Took:
    """Microseconds a call."""

    median: float
    p99: float


Found = Mapping[tuple[str, str], Took]
"""By deed and binding."""


def measure(server: Server, *, rounds: int) -> Found:
    """The child calls itself, and a process beside it that is the same."""
    port = free_port()
    topology = server.folder / "calls.toml"
    topology.write_text(TOPOLOGY.format(port=port))
    environ = {"TEARLINE_TOPOLOGY_FILE": str(topology), "TEARLINE_SERVICE_KEYS": uuid.uuid4().hex}
    with serving(server, "--no-worker", port=port, **environ), child(__name__, {**server.environ, **environ}) as caller:
        turns = [(deed, binding) for deed in DEEDS for binding in BINDINGS]
        took: dict[tuple[str, str], list[float]] = {turn: [] for turn in turns}
        for number in range(rounds + 1):
            for deed, binding in turns:
                calls = caller.ask(deed=deed, binding=binding)
                took[deed, binding] += calls if number else []  # the first round warms up
    return {
        turn: Took(statistics.median(calls), statistics.quantiles(calls, n=100)[98]) for turn, calls in took.items()
    }


def tell_found(found: Found) -> list[Aim]:
    tell("Calls: a query of one statement, and a command that keeps its key, in microseconds")
    tell(f"  {'':10}{'query':>10}{'p99':>10}{'command':>10}{'p99':>10}")
    for binding in BINDINGS:
        columns = "".join(f"{each.median:10,.0f}{each.p99:10,.0f}" for each in (found[deed, binding] for deed in DEEDS))
        tell(f"  {binding:10}{columns}")
    farther = {deed: found[deed, "http"].median - found[deed, "direct"].median for deed in DEEDS}
    tell(
        f"  another process is {farther['query']:,.0f} µs away for a query, {farther['command']:,.0f} µs for a command"
    )
    return []


def call(*, deed: str, binding: str) -> Sequence[float]:
    """How long each of CALLS took, in microseconds."""
    from tearline.facades import acting_as

    settings.TEARLINE_FACADES = binding
    with acting_as("orders"):
        return [_timed(ask) for ask in [_deeds()[deed]] * CALLS]


def _deeds() -> Mapping[str, Callable[[], object]]:
    from modules.inventory.contracts import ReceiveStock
    from modules.inventory.facade import inventory

    one = ReceiveStock(sku="BENCH-CALLS", quantity=1, reference="benchmark")
    return {
        "query": lambda: inventory.levels(["BENCH-CALLS"]),
        "command": lambda: inventory.receive(one, key=uuid.uuid4().hex),
    }


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1e6


if __name__ == "__main__":
    django.setup()
    obey(call)
