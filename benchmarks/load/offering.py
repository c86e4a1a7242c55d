"""Finds out how much the shop can answer, then asks once, twice and four times as much.

What a customer wants is an answer within a second: that is goodput. An answer that comes later was for nothing, and a
refusal is none. The crowd works on the same machine; how much of it, is told.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

from benchmarks import cpu
from benchmarks.children import Child, child
from benchmarks.closed_loop import Run
from benchmarks.commerce import free_port, serving, stocked, working
from benchmarks.load import KEY
from benchmarks.report import Aim, tell
from benchmarks.server import Server

IN_TIME = 1000.0  # milliseconds
FACTORS = (1, 2, 4)
CROWDS = (4, 8, 16, 32)
"""So many customers without a pause, to find out what the shop can answer."""
REST = 60.0
"""Seconds within which the workers may carry out what is left of one phase before the next one."""

PENDING: LiteralString = "SELECT count(*) FROM orders.orders_order WHERE status = 'pending'"


@dataclass(frozen=True)
class Phase:
    """What became of the questions of so many seconds.

    `cpu`: of the crowd, and `shop`: of everybody else, PostgreSQL too, in processors. `left`: orders that were taken
    and not carried out yet at the end.
    """

    seconds: float
    took: Sequence[float]
    refused: Sequence[float]
    failed: dict[str, int]
    cpu: float
    shop: float
    left: int

    @property
    def asked(self) -> float:
        """A second."""
        return (len(self.took) + len(self.refused) + sum(self.failed.values())) / self.seconds

    @property
    def goodput(self) -> float:
        """Answers in time, a second."""
        return sum(took <= IN_TIME for took in self.took) / self.seconds

    @property
    def late(self) -> float:
        return len(self.took) / self.seconds - self.goodput


@dataclass(frozen=True)
class Round:
    """Phases of some minutes, in which the machine is as fast all the while: what is compared stands in one of them.

    `ramp`: by the number of customers without a pause. `offered`: by the factor of what the best of them were answered.
    """

    ramp: Mapping[int, Phase]
    offered: Mapping[int, Phase]

    @property
    def peak(self) -> float:
        return max(phase.goodput for phase in (*self.ramp.values(), *self.offered.values()))


def measure(server: Server, *, seconds: float, rounds: int) -> list[Aim]:
    port = free_port()
    environ = {**server.environ, KEY: stocked(server)}
    with serving(server, "--no-worker", port=port), working(server), child("benchmarks.load.crowd", environ) as crowd:
        play = partial(_play, server, crowd, url=f"http://127.0.0.1:{port}", seconds=seconds)
        tell("Load: most browse, a quarter looks after orders, one in fifty orders, which a worker process carries out")
        play(customers=4, each=0.0)
        played = [_round(play) for _ in range(rounds)]
    return _tell_found(played)


def _round(play: Callable[..., Phase]) -> Round:
    ramp = {customers: play(customers=customers, each=0.0) for customers in CROWDS}
    saturation = max(phase.goodput for phase in ramp.values())
    return Round(ramp, {factor: play(customers=round(saturation * factor), each=1.0) for factor in FACTORS})


def _play(server: Server, crowd: Child, *, url: str, customers: int, each: float, seconds: float) -> Phase:
    began, cpu_before = time.monotonic(), cpu.seconds(server)
    found = crowd.ask(url=url, customers=customers, each=each, seconds=seconds)
    everybody = (cpu.seconds(server) - cpu_before) / (time.monotonic() - began)
    left = _pending(server)
    _let_them_finish(server)
    return Phase(seconds, **found, shop=everybody - found["cpu"], left=left)


def _let_them_finish(server: Server) -> None:
    until = time.monotonic() + REST
    while _pending(server) and time.monotonic() < until:
        time.sleep(0.2)


def _pending(server: Server) -> int:
    with server.connect() as admin:
        (count,) = admin.execute(PENDING).fetchone() or (0,)
    return int(str(count))


def _tell_found(played: Sequence[Round]) -> list[Aim]:
    tell(
        f"{'':26}{'asked/s':>9}{'in time/s':>11}{'refused/s':>11}{'late/s':>8}{'failed':>8}{'p50 ms':>8}{'p99 ms':>8}"
        f"{'refusal p99':>13}{'orders left':>13}{'crowd CPU':>11}{'shop CPU':>10}"
    )
    for each in played:
        for customers, phase in each.ramp.items():
            tell(_line(f"{customers} without a pause", phase))
        for factor, phase in each.offered.items():
            tell(_line(f"{factor} x saturation", phase))
    tell("p50, p99: of what was answered. Orders left: taken, and not carried out yet at the end of the phase")
    kept = statistics.median(each.offered[4].goodput / each.peak for each in played)
    return [Aim("goodput at four times saturation, of the peak", kept, 0.8)]


def _line(what: str, phase: Phase) -> str:
    answered, refused = Run(phase.seconds, phase.took), Run(phase.seconds, phase.refused)
    return (
        f"  {what:24}{phase.asked:9.0f}{phase.goodput:11.0f}{refused.rate:11.0f}{phase.late:8.1f}"
        f"{sum(phase.failed.values()):8}{answered.percentile(0.5):8.0f}{answered.percentile(0.99):8.0f}"
        f"{refused.percentile(0.99):13.0f}{phase.left:13}{phase.cpu:11.2f}{phase.shop:10.2f}"
    )
