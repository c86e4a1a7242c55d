"""What it costs to be guarded from targets that do not answer, and what it saves. In this process, with no database."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from benchmarks.report import Aim, tell
from tearline.contracts import Unavailable
from tearline.resilience import Guard, Policy, deadline
from tearline.resilience.http import ask, client
from tests.tearline import dripping

ROUNDS, CALLS = 20, 2_000
POLICY = Policy(callers=16, connections=16)
NEVER = 10**9
LATE = 0.1
"""Seconds after which an answer from a dripping server would be late."""


@dataclass(frozen=True)
class Found:
    """`passing`, `passing_in_work`, `rejected`: µs a call. `together`: s. `load`: questions a call. `late`: ms."""

    passing: float
    passing_in_work: float
    rejected: float
    together: float
    load: float
    late: float


def measure(*, exchanges: int) -> Found:
    return Found(
        passing=_microseconds(lambda guard: guard.call(_answer, idempotent=True), _guard(POLICY)),
        passing_in_work=_microseconds(lambda guard: guard.call(_answer, idempotent=False), _guard(POLICY)),
        rejected=_microseconds(_be_rejected, _opened()),
        together=_eight_at_once(_guard(POLICY)),
        load=_load_of_an_outage(calls=CALLS),
        late=max(_late(part) for part in (dripping.dripping_head, dripping.dripping_body) for _ in range(exchanges)),
    )


def tell_found(found: Found) -> list[Aim]:
    tell("Guarding: deadline, bulkheads, retry and circuit around a call that costs nothing")
    tell(f"  asked, and would be asked again     {found.passing:8.1f} µs")
    tell(f"  asked once, as in durable work      {found.passing_in_work:8.1f} µs")
    tell(f"  rejected by an open circuit         {found.rejected:8.1f} µs")
    tell(f"  8 threads, a call of 100 ms each    {found.together * 1000:8.0f} ms")
    tell(f"  questions a call, everything dead   {found.load:8.2f}")
    tell(f"  answered after the deadline at most {found.late:8.1f} ms, by a server that drips")
    return [
        Aim("guarding a call, median", found.passing, 30, " µs", at_most=True),
        Aim("rejecting a call, median", found.rejected, 10, " µs", at_most=True),
        Aim("8 threads, a call of 100 ms each", found.together, 0.15, " s", at_most=True),
        Aim("questions to a dead target, of the calls", found.load, 1.15, "x", at_most=True),
        Aim("later than the deadline, dripping servers included", found.late, 50, " ms", at_most=True),
    ]


def _guard(policy: Policy) -> Guard:
    return Guard("benchmark", policy, is_isolated=lambda _: False)


def _answer() -> int:
    return 1


def _fail() -> None:
    raise Unavailable("dead")


def _opened() -> Guard:
    guard = _guard(replace(POLICY, open_for=NEVER))
    guard.breaker.open()
    return guard


def _be_rejected(guard: Guard) -> None:
    with suppress(Unavailable):
        guard.call(_fail, idempotent=True)


def _microseconds(call: Callable[[Guard], object], guard: Guard) -> float:
    """Of one call, in the median of all rounds."""
    return statistics.median(_round(call, guard) for _ in range(ROUNDS))


def _round(call: Callable[[Guard], object], guard: Guard) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        call(guard)
    return (time.perf_counter() - began) / CALLS * 1e6


def _eight_at_once(guard: Guard) -> float:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: None, range(8)))
        began = time.perf_counter()
        list(threads.map(lambda _: guard.call(lambda: time.sleep(0.1), idempotent=True), range(8)))
        return time.perf_counter() - began


def _load_of_an_outage(*, calls: int) -> float:
    """With a circuit that never opens, as the budget alone must hold."""
    guard = _guard(replace(POLICY, failures=NEVER, least_calls=NEVER, first_wait=0.001, longest_wait=0.001))
    asked = 0

    def dead() -> None:
        nonlocal asked
        asked += 1
        _fail()

    for _ in range(calls):
        with suppress(Unavailable):
            guard.call(dead, idempotent=True)
    return asked / calls


def _late(part: dripping.Part) -> float:
    """Milliseconds between the deadline and the answer that there is none."""
    guard = _guard(POLICY)
    with dripping.serving(part) as url, client(connections=1) as target, deadline(LATE):
        ends = time.monotonic() + LATE
        with suppress(Unavailable):
            guard.call(lambda: ask(target, target.build_request("GET", url)), idempotent=True)
        return (time.monotonic() - ends) * 1000
