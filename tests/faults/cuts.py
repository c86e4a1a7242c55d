"""Trials in which a process does not hear what became of a commit, and has to get over it by itself."""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from tearline.work import LEASE
from tests.clock import let_pass
from tests.faults import tally
from tests.faults.points import ALL, AT
from tests.faults.trials import Trial, Trials
from tests.network.proxy import FAULTS, Fault, Proxy

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
    """One scenario, its first process cut off from the database at one commit after the other."""

    faults: Sequence[Fault] = FAULTS

    def commits(self) -> int:
        """How many there are when nothing happens. Raises AssertionError unless all is well."""
        raise NotImplementedError

    def cut(self, cut: Cut) -> Trial:
        self._open_a_shelf()
        code, struck = self._first_try_cut(cut)
        flaws = [f"the process ended with {code}"] if code else []
        return Trial(struck, flaws or self._flaws())

    def _first_try_cut(self, cut: Cut) -> tuple[int, bool]:
        """How the process ended, and whether that happened to it."""
        raise NotImplementedError

    def _awaited(self, **told: str) -> int:
        """How the process ends. What it has claimed without hearing of it becomes due when a lease has passed."""
        child = self.nursery.start(self._task("first try", **told))
        with ThreadPoolExecutor(1) as threads:
            ending = threads.submit(self.nursery.wait, child)
            wait([ending], timeout=SOON)
            if not ending.done():
                let_pass(timedelta(seconds=LEASE + 1))
            return ending.result()


@dataclass(frozen=True)
class ThroughAProxy(CutTrials):
    """The processes of the nursery reach PostgreSQL through this proxy."""

    proxy: Proxy | None = None
    among: Sequence[str] = ()
    """Commits are counted of transactions that say all of this."""

    def commits(self) -> int:
        assert self.proxy
        self.proxy.plan(None, 0, among=self.among)
        trial = self.unharmed()
        assert trial.flaws == [], trial
        return len(self.proxy.counted)

    def _first_try_cut(self, cut: Cut) -> tuple[int, bool]:
        assert self.proxy
        self.proxy.plan(cut.fault, cut.nth, among=self.among)
        return self._awaited(), self.proxy.struck.is_set()


@dataclass(frozen=True)
class OnAFailingDisk(CutTrials):
    """SQLite's commits fail, done or not."""

    faults: Sequence[Fault] = ("unheard", "unanswered")

    def commits(self) -> int:
        self._open_a_shelf()
        assert (self._awaited(visits_to=str(self._told), fails_at="unheard#0"), self._flaws()) == (0, [])
        return self._visits_to("sqlite.commit")

    def _first_try_cut(self, cut: Cut) -> tuple[int, bool]:
        self._told.unlink(missing_ok=True)
        code = self._awaited(visits_to=str(self._told), fails_at=str(cut))
        return code, bool(self._visits_to("sqlite.failed"))

    @property
    def _told(self) -> Path:
        return Path(settings.VAR) / "commits.json"

    def _visits_to(self, point: str) -> int:
        return int(json.loads(self._told.read_text()).get(point, 0)) if self._told.exists() else 0


def cut_all(trials: CutTrials, *, seed: int, again: Callable[..., None]) -> int:
    """Make the chosen cuts, one after the other. How many happened. Raises AssertionError at the first flaw."""
    happened = 0
    for cut in _cuts_to_make(trials.faults, 1 if AT else trials.commits(), seed=seed, of=trials.name):
        again(AT=str(cut))
        trial = trials.cut(cut)
        assert trial.flaws == [], trial
        happened += trial.struck
        tally.count("cuts", trial.struck)
    return happened


def _cuts_to_make(faults: Sequence[Fault], commits: int, *, seed: int, of: str) -> Iterator[Cut]:
    """Each fault at every commit, or at one that the seed chooses for this scenario; or the cut that is asked for."""
    if AT:
        yield Cut.written(AT)
        return
    for fault in faults:
        chosen = 1 + zlib.crc32(f"{seed} {of} {fault}".encode()) % commits
        yield from (Cut(fault, nth) for nth in (range(1, commits + 1) if ALL else [chosen]))
