"""Whatever workers, leases and operators do, in whatever order: each stream is handled in its order, and none waits for
another's.

Hypothesis makes up the histories. A history that breaks a rule is cut down to the shortest one that does.
"""

import contextlib
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tearline.events._inbox import queue
from tearline.models import InboxRow
from tearline.work import LEASE, LeaseLost
from tearline.work import _operating as operating
from tests.clock import let_pass

SHOP = "shipping"
STREAMS = st.sampled_from("ab")
WORKERS = st.sampled_from(["one", "two"])
THEN = st.sampled_from(["handle", "handle", "try again", "wait", "park", "nothing"])
BEFALLS = st.sampled_from(["taken for dead", "a long pause", "what waits is set aside"])
WAIT = 60.0


class History(RuleBasedStateMachine):
    """What may happen to the inbox of a module. `ended`: the positions that were handled or given up, by stream."""

    @initialize()
    def begin(self) -> None:
        InboxRow.objects.using(SHOP).all().delete()
        self.arrived: dict[str, int] = defaultdict(int)
        self.ended: dict[str, list[int]] = defaultdict(list)
        self.held: dict[str, list[InboxRow]] = defaultdict(list)

    # Workers

    @rule(stream=STREAMS, count=st.integers(1, 3))
    def arrive(self, stream: str, count: int) -> None:
        places = range(self.arrived[stream] + 1, self.arrived[stream] + 1 + count)
        self.arrived[stream] += count
        same = {"listener": "l", "topic": "t", "stream": stream, "payload": "{}"}
        with transaction.atomic(using=SHOP):
            queue.add(SHOP, [{**same, "event_id": f"{stream}{place}", "position": place} for place in places])

    @rule(worker=WORKERS, limit=st.integers(1, 5), then=THEN)
    def work(self, worker: str, limit: int, then: str) -> None:
        """Take rows, unless it has some; and do this with the first one."""
        if not self.held[worker]:
            self._claim(worker, limit)
        if then == "handle":
            self._handle(worker)
        for row in self._stopped_at(worker) if then in ("try again", "wait", "park") else []:
            if then == "park":
                queue.park(SHOP, row, error=ValueError("never"))
            else:
                queue.retry_later(SHOP, row, error=ValueError("not yet"), wait=WAIT if then == "wait" else 0.0)

    @rule(worker=WORKERS, what=BEFALLS)
    def befall(self, worker: str, what: str) -> None:
        """A worker that is taken for dead knows nothing of it, and goes on."""
        if what == "taken for dead":
            queue.expire(SHOP, owner=worker)
        elif what == "a long pause":
            let_pass(timedelta(seconds=LEASE + 1))
        else:
            queue.set_aside(SHOP)

    # Operators

    @precondition(lambda self: self._parked())
    @rule()
    def retry(self) -> None:
        operating.retry(SHOP, "inbox", self._parked()[:1], who="ada")

    @precondition(lambda self: self._parked())
    @rule()
    def discard(self) -> None:
        row = InboxRow.objects.using(SHOP).get(pk=self._parked()[0])
        assert operating.discard(SHOP, "inbox", row.pk, who="ada", reason="never")
        self._end(row)

    def teardown(self) -> None:
        """All that can be handled is, past what is parked; and that too, once it has been given up."""
        if not hasattr(self, "ended"):
            return
        self._drain()
        stuck = {row.stream for row in InboxRow.objects.using(SHOP).filter(pk__in=self._parked())}
        for stream, count in self.arrived.items():
            assert (len(self.ended[stream]) < count) == (stream in stuck), f"{stream} waits for another stream"
        while self._parked():
            self.discard()
            self._drain()
        assert self.ended == {stream: [*range(1, count + 1)] for stream, count in self.arrived.items()}

    # What the rules are made of

    def _claim(self, worker: str, limit: int) -> None:
        self.held[worker] += queue.claim(SHOP, owner=worker, limit=limit)

    def _handle(self, worker: str) -> None:
        """The first of its rows, unless that has gone to somebody else."""
        row = self.held[worker].pop(0) if self.held[worker] else None
        with contextlib.suppress(LeaseLost):
            if row:
                queue.finish(SHOP, [row])
                self._end(row)

    def _end(self, row: InboxRow) -> None:
        self.ended[row.stream].append(row.position)
        assert self.ended[row.stream] == [*range(1, row.position + 1)], f"{row.event_id} was handled out of order"

    def _stopped_at(self, worker: str) -> list[InboxRow]:
        """The first row of a worker, if it is still its own. What it has of that stream after it is given back."""
        if not self.held[worker]:
            return []
        first, *others = self.held[worker]
        behind = [row for row in others if row.stream == first.stream]
        self.held[worker] = [row for row in others if row not in behind]
        for row in behind:
            if self._is_still(row):
                queue.give_back(SHOP, [row])
        return [first] if self._is_still(first) else []

    def _is_still(self, row: InboxRow) -> bool:
        return InboxRow.objects.using(SHOP).filter(pk=row.pk, fence=row.fence, finished_at=None).exists()

    def _parked(self) -> list[int]:
        return sorted(operating.parked_ids(SHOP, "inbox"))

    def _drain(self) -> None:
        """By one worker who does everything right, when everything that was put off is due."""
        let_pass(timedelta(days=1))
        self.held["the last"] = []
        while True:
            self._claim("the last", 5)
            if not self.held["the last"]:
                return
            while self.held["the last"]:
                self._handle("the last")


def test_streams_keep_their_order_through_every_history(db: None) -> None:
    thorough = settings(max_examples=100, stateful_step_count=30, derandomize=True, database=None)
    run_state_machine_as_test(History, settings=thorough)
