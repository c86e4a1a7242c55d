"""What was measured, in lines for a terminal: absolute numbers, their ratio to the limit, and whether an aim is met."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.closed_loop import Score
from benchmarks.orders.contest import Scores


def tell(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Aim:
    """A number beside its bar. `at_most`: less is better."""

    what: str
    value: float
    bar: float
    unit: str = ""
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.bar if self.at_most else self.value >= self.bar

    def __str__(self) -> str:
        relation = "at most" if self.at_most else "at least"
        bar = f"{relation} {_number(self.bar)}{self.unit}"
        return f"  {self.what:58} {_number(self.value) + self.unit:>12}   {bar:<20} {'met' if self.met else 'MISSED'}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def tell_orders(scores: Scores, *, limit: str) -> None:
    """A line for each contestant and number of clients. `limit`: the contestant that ratios are taken to."""
    tell(f"{'':32}{'clients':>8}{'orders/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'ratio':>8}")
    for clients in sorted({clients for _, clients in scores}):
        for name in {name: None for name, played in scores if played == clients}:
            tell(_line(name, clients, scores[name, clients], scores[limit, clients]))
    tell(f"ratio: orders/s to those of {limit}, in the same run. CPU: of all processes, PostgreSQL's too, an order")


def _line(name: str, clients: int, score: Score, limit: Score) -> str:
    latencies = f"{score.percentile(0.5):9.1f}{score.percentile(0.99):9.1f}"
    return f"{name:32}{clients:8}{score.rate:10.1f}{latencies}{score.cost:9.1f}{score.rate / limit.rate:8.2f}"


def tell_aims(aims: Sequence[Aim]) -> None:
    tell()
    tell("Aims")
    for aim in aims:
        tell(str(aim))
