"""Runs the benchmarks that are asked for, and prints what they found."""

import argparse
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks import calls, commerce, events, extracting, guarding, past, recovery, report
from benchmarks.closed_loop import Run
from benchmarks.orders import contest
from benchmarks.report import Aim, tell
from benchmarks.server import Server, started


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is done. `seconds`: of each run of a contestant; `phase`: seconds of a load."""

    seconds: float
    rounds: int
    clients: Sequence[int]
    events: int
    timed_events: int
    kills: int
    long_past: int
    looks: int
    exchanges: int
    phase: float
    turns: int
    orders: int
    keep: bool = False
    """Whether what leaving adds is kept for `manage.py readiness`."""


FULL = Effort(
    seconds=2.0,
    rounds=3,
    clients=contest.CLIENTS,
    events=6_000,
    timed_events=300,
    kills=25,
    long_past=1_000_000,
    looks=200,
    exchanges=20,
    phase=8.0,
    turns=20,
    orders=60,
)
QUICK = Effort(
    seconds=1.0,
    rounds=1,
    clients=(4,),
    events=3_000,
    timed_events=50,
    kills=5,
    long_past=100_000,
    looks=50,
    exchanges=5,
    phase=3.0,
    turns=5,
    orders=15,
)

Benchmark = Callable[[Server, Effort], Sequence[Aim]]


def orders(server: Server, effort: Effort) -> Sequence[Aim]:
    tell("Orders: each client waits until its order is completed, then places the next")
    with contest.contestants(server) as bare, commerce.contestants(server) as shops:
        scores = _take_turns(server, [*bare, *shops], effort)
    report.tell_orders(scores, limit=contest.BY_HAND)
    limit = scores[contest.BY_HAND, 4].rate
    bare_rate, shop_rate = (
        max(score.rate for (name, clients), score in scores.items() if clients == 4 and name in names)
        for names in (contest.BARE_ONES, commerce.SHOPS)
    )
    return [
        Aim("bare workflow, 4 clients, of psycopg by hand", bare_rate / limit, 0.3),
        Aim("whole commerce saga, 4 clients, of psycopg by hand", shop_rate / limit, 0.12),
    ]


def peers(server: Server, effort: Effort) -> Sequence[Aim]:
    from benchmarks.peers import contest as peers_contest

    tell("The bare workflow beside its peers: each client waits until its order is completed, then places the next")
    with contest.contestants(server) as bare, peers_contest.contestants(server) as others:
        scores = _take_turns(server, [*bare, *others], effort)
    report.tell_orders(scores, limit=contest.BY_HAND)
    ours = scores[contest.BARE, 4].rate
    return [
        Aim(f"bare workflow, 4 clients, of {name}", ours / scores[name, 4].rate, 1.0)
        for name in (peers_contest.DBOS, peers_contest.CHAIN)
    ]


def _take_turns(server: Server, contestants: Sequence[contest.Contestant], effort: Effort) -> contest.Scores:
    return contest.take_turns(server, contestants, clients=effort.clients, seconds=effort.seconds, rounds=effort.rounds)


def flow(server: Server, effort: Effort) -> Sequence[Aim]:
    with events.processes(server) as processes:
        took = Run(1.0, events.measure_latency(processes, events=effort.timed_events))
        rates = events.measure_flow(server, processes, events=effort.events, rounds=effort.rounds)
    over_celery = Run(1.0, events.measure_latency_over_celery(server, events=effort.timed_events))
    tell("Events: outbox, relay, inbox, a handler that does nothing")
    tell(f"  published, 100 in a transaction   {rates.published:10,.0f}/s")
    for workers, rate in rates.handled.items():
        tell(f"  handled by {workers} worker process(es)   {rate:10,.0f}/s")
    tell(f"  handled by 2, one hot key         {rates.hot_key:10,.0f}/s")
    for what, run in (("handler, thread doorbell", took), ("handled, over Celery", over_celery)):
        tell(f"  commit to {what:24}  p50 {run.percentile(0.5):.1f} ms, p99 {run.percentile(0.99):.1f} ms")
    return [
        Aim("events, 2 worker processes", rates.handled[2], 10_000, "/s"),
        Aim("events of one hot key, 2 worker processes", rates.hot_key, 2_000, "/s"),
        Aim("commit to handler by thread doorbell, p99", took.percentile(0.99), 20, " ms", at_most=True),
    ]


def kills(server: Server, effort: Effort) -> Sequence[Aim]:
    took = Run(1.0, recovery.measure(server, kills=effort.kills))
    tell("Recovery: from SIGKILL of a worker process until another live one has begun its work anew")
    tell(f"  {effort.kills} kills   p50 {took.percentile(0.5):.0f} ms, p99 {took.percentile(0.99):.0f} ms")
    return [Aim("SIGKILL to reclaimed, p99", took.percentile(0.99), 1000, " ms", at_most=True)]


def long_past(server: Server, effort: Effort) -> Sequence[Aim]:
    times = past.measure(server, short=10_000, long=effort.long_past, rounds=effort.looks)
    tell(f"Past: claim, finish, look again, beside 10,000 finished rows and beside {effort.long_past:,}")
    for queue, (short, long) in times.items():
        tell(f"  {queue:8} {short:8.2f} ms {long:8.2f} ms   ratio {long / short:.2f}")
    worst = max(long / short for short, long in times.values())
    return [Aim("slower beside the long past, the worst queue", worst, 1.1, "x", at_most=True)]


def guards(_: Server, effort: Effort) -> Sequence[Aim]:
    return guarding.tell_found(guarding.measure(exchanges=effort.exchanges))


def facades(server: Server, effort: Effort) -> Sequence[Aim]:
    return calls.tell_found(calls.measure(server, rounds=effort.turns))


def extraction(server: Server, effort: Effort) -> Sequence[Aim]:
    found = extracting.measure(server, orders=effort.orders)
    if effort.keep:
        extracting.keep(found)
    return extracting.tell_found(found)


def load(server: Server, effort: Effort) -> Sequence[Aim]:
    from benchmarks.load import offering

    return offering.measure(server, seconds=effort.phase, rounds=effort.rounds)


BENCHMARKS: dict[str, Benchmark] = {
    "orders": orders,
    "events": flow,
    "recovery": kills,
    "past": long_past,
    "guarding": guards,
    "calls": facades,
    "extracting": extraction,
    "load": load,
    "peers": peers,
}
USUAL = ("orders", "events", "recovery", "past", "guarding", "calls", "extracting")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; by default {', '.join(USUAL)}"
    )
    parser.add_argument("--quick", action="store_true", help="less of each: a minute in all")
    parser.add_argument("--keep", action="store_true", help="keep what extracting finds for manage.py readiness")
    asked = parser.parse_args()
    if strangers := set(asked.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(strangers))}")
    effort = replace(QUICK if asked.quick else FULL, keep=asked.keep)
    with started() as server:
        _tell_the_machine(server)
        aims = [aim for name in asked.names or USUAL for aim in _timed(name, server, effort)]
    report.tell_aims(aims)


def _timed(name: str, server: Server, effort: Effort) -> Sequence[Aim]:
    tell()
    with _stopwatch(name):
        return BENCHMARKS[name](server, effort)


@contextlib.contextmanager
def _stopwatch(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    tell(f"({name}: {time.monotonic() - began:.0f} s)")


def _tell_the_machine(server: Server) -> None:
    with server.connect() as admin:
        (version,) = admin.execute("SHOW server_version").fetchone() or ("?",)
        (fsync,) = admin.execute("SHOW fsync").fetchone() or ("?",)
    tell(f"{os.cpu_count()} cores, PostgreSQL {version} over a Unix socket, fsync {fsync}")
    tell(f"{os.getloadavg()[0]:.1f} other things at work on this machine in the last minute: the fewer, the better")


if __name__ == "__main__":
    main()
