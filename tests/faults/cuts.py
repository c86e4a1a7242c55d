"""One trial in which the network fails: an order whose process has its connection to the database cut at one commit."""

import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta

from tearline.work import LEASE
from tests.clock import let_pass
from tests.faults.points import ALL, AT
from tests.faults.proxy import FAULTS, Fault, Proxy
from tests.faults.trials import Trial, Trials

SOON = 2.0
"""Seconds within which an order goes on by itself. What waits for a lease does not, whose end is then brought near."""


@dataclass(frozen=True)
class Cut:
    """A fault at the nth commit of a process; written as in `unanswered#12`."""

    fault: Fault
    nth: int

    def __str__(self) -> str:
        return f"{self.fault}#{self.nth}"

    @classmethod
    def written(cls, told: str) -> "Cut":
        fault, _, nth = told.partition("#")
        return cls(next(known for known in FAULTS if known == fault), int(nth))


@dataclass(frozen=True)
class CutTrials(Trials):
    """The first process of each trial reaches its database through a proxy. It has to get over it by itself."""

    proxy: Proxy | None = None

    def commits(self) -> int:
        """How many there are when nothing happens. Raises AssertionError unless all is well."""
        assert self.proxy
        self.proxy.plan(None, 0)
        trial = self.unharmed()
        assert trial.flaws == []
        return len(self.proxy.counted)

    def cut(self, cut: Cut) -> Trial:
        assert self.proxy
        self.proxy.plan(cut.fault, cut.nth)
        self._open_a_shelf()
        code = self._awaited(self.nursery.start(self._task("first try")))
        struck = self.proxy.struck.is_set()
        flaws = [f"the process ended with {code}"] if code else []
        return Trial(struck, flaws or self._flaws())

    def _awaited(self, child: int) -> int:
        """How the process ends. What it has claimed without hearing of it becomes due when a lease has passed."""
        with ThreadPoolExecutor(1) as threads:
            ending = threads.submit(self.nursery.wait, child)
            wait([ending], timeout=SOON)
            if not ending.done():
                let_pass(timedelta(seconds=LEASE + 1))
            return ending.result()


def cuts_to_make(commits: int, *, seed: int, of: str) -> Iterator[Cut]:
    """Each fault at every commit, or at one that the seed chooses for this scenario; or the cut that is asked for."""
    if AT:
        yield Cut.written(AT)
        return
    for fault in FAULTS:
        chosen = 1 + zlib.crc32(f"{seed} {of} {fault}".encode()) % commits
        yield from (Cut(fault, nth) for nth in (range(1, commits + 1) if ALL else [chosen]))
