"""One look at each thing that is done: a span, log lines that say what they belong to, a count and a duration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

from tearline.contracts import Refusal, Unavailable
from tearline.observability import _spans
from tearline.observability._context import about
from tearline.observability._metrics import Kind, measures

BOUND_AS: dict[str, str] = {
    "command": "operation",
    "query": "operation",
    "call": "operation",
    "event": "listener",
    "task": "task",
    "saga": "saga",
    "step": "step",
    "undo": "step",
}
"""Under which name log lines know what is watched."""


class Watched:
    """Something that is being done, or was. `outcome`: done, refused, unavailable, failed, or as whoever does it says.

    A refusal is an answer: only what is unavailable or failed is an error.
    """

    def __init__(self, kind: Kind, name: str, *, since: datetime | None) -> None:
        self.kind, self.name, self.since = kind, name, since
        self.outcome = "done"
        self.error: Exception | None = None
        self._ended_at: int | None = None
        self._began = time.perf_counter()
        self._seconds = 0.0

    @contextmanager
    def here(self) -> Iterator[Self]:
        """It is being done in this thread."""
        bound = {BOUND_AS[self.kind]: self.name} if self.kind in BOUND_AS else {}
        with about(**bound):
            self._span, leave = _spans.begin(self.kind, self.name)
            try:
                yield self
            except Exception as error:
                self._went_wrong(error)
                raise
            finally:
                self._ended_at = time.time_ns()
                self._seconds = time.perf_counter() - self._began
                leave()

    def report(self) -> None:
        """It has ended as it says."""
        seconds = self._seconds if self.since is None else max((datetime.now(UTC) - self.since).total_seconds(), 0.0)
        measures[self.kind].ended(self.name, self.outcome, seconds)
        _spans.end(self._span, outcome=self.outcome, error=self.error, at=self._ended_at)

    def take_back(self) -> None:
        """It was undone with all that was done together with it, and will be done again."""
        _spans.end(self._span, outcome="taken back", error=self.error, at=self._ended_at)

    def _went_wrong(self, error: Exception) -> None:
        if isinstance(error, Refusal):
            self.outcome = "refused"
            self._span.set_attribute("tearline.refusal", error.code)
            return
        self.outcome = "unavailable" if isinstance(error, Unavailable) else "failed"
        self.error = error


@contextmanager
def watching(kind: Kind, name: str, *, since: datetime | None = None) -> Iterator[Watched]:
    """Watch what is done inside. `name` is one of few. `since`: when it began, if that was earlier."""
    watched = Watched(kind, name, since=since)
    try:
        with watched.here():
            yield watched
    finally:
        watched.report()


class Together:
    """Several that are done one after the other, and take effect together or not at all."""

    def __init__(self) -> None:
        self.all: list[Watched] = []

    @contextmanager
    def watching(self, kind: Kind, name: str, *, since: datetime | None = None) -> Iterator[Watched]:
        watched = Watched(kind, name, since=since)
        self.all.append(watched)
        with watched.here():
            yield watched


@contextmanager
def together(*, alone: bool) -> Iterator[Together]:
    """Report on all of them once this has ended well. `alone`: there is only one, and what fails is its own failure.

    Else nobody knows: all are taken back, whoever it was, and each has to be tried by itself.
    """
    batch = Together()
    try:
        yield batch
    except Exception:
        for watched in batch.all:
            if alone and watched.outcome != "done":
                watched.report()
            else:
                watched.take_back()
        raise
    for watched in batch.all:
        watched.report()
