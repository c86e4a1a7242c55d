"""Clients that each want one thing, wait until it is done, and want the next at once.

So with n clients n orders are under way, no more and no fewer, and a slow contestant is asked less: latency and
throughput belong together. What is done in the warm-up does not count.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

Deed = Callable[[], None]
WARM_UP = 0.5  # seconds
LOOK_AGAIN = 0.005  # seconds
GIVE_UP = 60.0  # seconds


@dataclass(frozen=True)
class Run:
    """How long each thing took that was done within so many seconds, in milliseconds.

    `done`: how many were done in all, in the warm-up too; `cpu`: the processor seconds that these took.
    """

    seconds: float
    took: Sequence[float]
    done: int = 0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Per second."""
        return len(self.took) / self.seconds

    @property
    def cost(self) -> float:
        """Processor time for each, in milliseconds; nan when nothing was done."""
        return self.cpu / self.done * 1000 if self.done else float("nan")

    def percentile(self, share: float) -> float:
        """In milliseconds; nan when nothing was done."""
        if not self.took:
            return float("nan")
        ordered = sorted(self.took)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True)
class Score:
    """Several runs of the same thing: the median of each number."""

    runs: Sequence[Run]

    @property
    def rate(self) -> float:
        return statistics.median(run.rate for run in self.runs)

    @property
    def cost(self) -> float:
        return statistics.median(run.cost for run in self.runs)

    def percentile(self, share: float) -> float:
        return statistics.median(run.percentile(share) for run in self.runs)


def run(client: Callable[[], AbstractContextManager[Deed]], *, clients: int, seconds: float) -> Run:
    """Have so many clients, each in a thread, with whatever it opens for itself. Raises what a deed raises."""
    begins = time.perf_counter() + WARM_UP
    ends = begins + seconds
    took: list[float] = []
    done: list[float] = []

    def ask_again_and_again(deed: Deed) -> None:
        while (asked := time.perf_counter()) < ends:
            deed()
            done.append(time.perf_counter())
            if begins <= done[-1] <= ends:
                took.append((done[-1] - asked) * 1000)

    def be_a_client() -> None:
        with client() as deed:
            ask_again_and_again(deed)

    with ThreadPoolExecutor(clients) as pool:
        for future in [pool.submit(be_a_client) for _ in range(clients)]:
            future.result()
    return Run(seconds, took, done=len(done))


class Arrivals:
    """Tells clients that what they wait for has come to its end, whoever brought it there.

    One thread looks for all clients of a process at once, every 5 milliseconds while somebody waits.
    """

    def __init__(self, url: str, statement: LiteralString) -> None:
        """`statement`: selects those of the ids, its one parameter, that have arrived."""
        self._database: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        self._statement = statement
        self._awaited: dict[str, threading.Event] = {}
        self._closed = False
        self._looks = threading.Thread(target=self._keep_looking, daemon=True)
        self._looks.start()

    def wait_for(self, what: str) -> None:
        """Raises TimeoutError when it does not come."""
        arrived = self._awaited.setdefault(what, threading.Event())
        if not arrived.wait(GIVE_UP):
            raise TimeoutError(f"{what} has not come to its end within {GIVE_UP} seconds")

    def close(self) -> None:
        self._closed = True
        self._looks.join()
        self._database.close()

    def _keep_looking(self) -> None:
        while not self._closed:
            if awaited := list(self._awaited):
                for (what,) in self._database.execute(self._statement, [awaited]).fetchall():
                    self._awaited.pop(what).set()
            time.sleep(LOOK_AGAIN)


@contextmanager
def arrivals(url: str, statement: LiteralString) -> Iterator[Arrivals]:
    looking = Arrivals(url, statement)
    try:
        yield looking
    finally:
        looking.close()
