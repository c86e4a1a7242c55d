"""The worker: wakes at once, finds what no bell rang for, drains, and takes over from the dead."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from tearline.models import InboxRow, TaskRow
from tearline.testing import written_in
from tearline.work import Queue, Worker, task
from tearline.work import _worker as working
from tearline.work._glances import glances
from tearline.work._liveness import Owner
from tearline.work._tasks import queue
from tearline.work._worker import drain, look_around
from tests.processes import eventually, running
from tests.tearline.specimen import note, notes

SHOP = "shipping"


class Hold:
    """The task `<module>.hold`: notes that it was begun, and ends when it is let go, or fails as it is told to."""

    def __init__(self, module: str = SHOP) -> None:
        self.module = module
        self.let_go = threading.Event()
        self.let_go.set()
        self.failures: list[Exception] = []
        self.while_at_it: Callable[[], object] = list
        self.task = task(f"{module}.hold")(self.holding())

    def holding(self) -> Callable[[str], None]:
        @written_in(f"{self.module}.services")
        def hold(name: str) -> None:
            note(name, module=SHOP)
            self.while_at_it()
            self.let_go.wait(30)
            if self.failures:
                raise self.failures.pop()

        return hold

    def later(self, name: str) -> None:
        with transaction.atomic(using=self.module):
            self.task.later(name)


@pytest.fixture
def hold(declarations: None) -> Hold:
    return Hold()


@pytest.fixture
def no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found but by the bell, or because it is known to be due then."""
    monkeypatch.setattr(working, "SWEEP", 3600.0)


@pytest.fixture
def worker(declarations: None, hold: Hold) -> Iterator[Worker]:
    """At work on all modules."""
    made = Worker()
    made.start()
    yield made
    hold.let_go.set()
    assert made.stop(20)


def begun(count: int) -> None:
    eventually(lambda: len(notes(SHOP)) >= count, f"{count} tasks are begun", seconds=10)


def finished(count: int) -> None:
    rows = TaskRow.objects.using(SHOP).filter(finished_at__isnull=False)
    eventually(lambda: rows.count() >= count, f"{count} tasks are finished", seconds=10)


def test_a_commit_wakes_the_worker_at_once(no_sweep: None, hold: Hold, worker: Worker) -> None:
    for number in range(5):
        hold.later(str(number))
        finished(number + 1)


def test_what_no_bell_rang_for_is_found(hold: Hold, worker: Worker) -> None:
    for number in range(2):
        with transaction.atomic(using=SHOP):
            queue.add(SHOP, [{"name": "shipping.hold", "arguments": '["unheard"]'}])
        finished(number + 1)


def test_a_failed_task_is_tried_again_when_it_is_due(no_sweep: None, hold: Hold, worker: Worker) -> None:
    hold.failures = [ValueError(), ValueError()]
    hold.later("again")
    finished(1)
    assert notes(SHOP) == ["again"] * 3


def test_tasks_that_wait_for_the_outside_world_do_not_wait_for_each_other(
    no_sweep: None, hold: Hold, worker: Worker
) -> None:
    hold.let_go.clear()
    with transaction.atomic(using=SHOP):
        for name in "abc":
            hold.task.later(name)
    begun(3)
    assert sorted(notes(SHOP)) == ["a", "b", "c"]


def test_stopping_ends_what_is_held_and_begins_nothing_more(hold: Hold) -> None:
    first, worker = Hold("catalog"), Worker(threads=2)
    first.let_go.clear()
    first.later("held")
    worker.start()
    begun(1)
    assert not worker.stop(0.1)
    hold.later("too late")
    first.later("too late")
    first.let_go.set()
    assert worker.stop(20)
    assert worker.stop(0)
    assert notes(SHOP) == ["held"]
    assert TaskRow.objects.using("catalog").filter(finished_at__isnull=False).count() == 1


def test_a_worker_with_nothing_to_do_stops_at_once(no_sweep: None, hold: Hold, db: None) -> None:
    worker = Worker()
    worker.start()
    hold.later("first")
    finished(1)
    assert worker.stop(5)


def test_a_worker_that_was_never_started_can_be_stopped(db: None) -> None:
    assert Worker().stop(0)


def test_one_broken_database_does_not_stop_the_others(hold: Hold, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def broken(module: str) -> Any:
        if module == "catalog":  # the first that is looked at
            raise OSError("no such host")
        return glances(module)

    monkeypatch.setattr(working, "glances", broken)
    worker = Worker()
    worker.start()
    try:
        hold.later("all the same")
        finished(1)
    finally:
        assert worker.stop(20)


def test_a_stream_that_is_held_up_does_not_keep_the_worker_busy(
    no_sweep: None, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Queue("inbox", InboxRow, position="position")
    with transaction.atomic(using=SHOP):
        rows = [
            {"listener": "l", "event_id": f"{number}", "topic": "t", "stream": "s", "position": number, "payload": ""}
            for number in range(3)
        ]
        inbox.add(SHOP, rows)
    inbox.park(SHOP, inbox.claim(SHOP, owner="me", limit=1)[0], error=ValueError())
    looks: list[str] = []
    claim = Queue.claim

    def counted(self: Queue[InboxRow], alias: str, **told: Any) -> list[InboxRow]:
        looks.append(alias)
        return claim(self, alias, **told)

    monkeypatch.setattr(Queue, "claim", counted)
    worker = Worker()
    worker.start()
    hold.later("meanwhile")
    finished(1)
    before = len(looks)
    time.sleep(0.5)
    assert len(looks) - before < 20
    assert worker.stop(20)


# Who is dead

CHILD = """
import threading, django
django.setup()
from tearline.testing import written_in
from tearline.work import Worker, task

@task("shipping.hold")
@written_in("shipping.services")
def hold(name):
    print("holding", name, flush=True)
    threading.Event().wait()

Worker(["shipping"]).start()
threading.Event().wait()
"""


def test_rows_of_a_killed_process_are_taken_over_at_once_and_those_of_a_live_one_are_not(hold: Hold) -> None:
    hold.later("precious")
    with running([sys.executable, "-c", CHILD], os.environ) as child:
        child.wait_for("holding precious")
        worker = Worker()
        worker.start()
        try:
            for _ in range(3):
                look_around(SHOP, worker.owner)
            assert queue.claimable(SHOP, limit=1) == 0
            assert notes(SHOP) == []
            child.signal(signal.SIGKILL)
            finished(1)
        finally:
            assert worker.stop(20)
    assert notes(SHOP) == ["precious"]


def test_a_worker_that_ended_in_order_is_known_to_be_gone(db: None) -> None:
    gone, me = Owner(), Owner()
    for owner in (gone, me):
        owner.hold([SHOP])
    assert not me.is_dead(gone.name, SHOP)
    gone.release()
    eventually(lambda: me.is_dead(gone.name, SHOP), "the lock is free")
    assert not me.is_dead(me.name, SHOP)
    me.release()


@pytest.mark.sqlite_only
def test_a_worker_on_another_host_is_not_said_to_be_dead(db: None) -> None:
    """Its lock on a file cannot be seen from here: its leases end by time alone."""
    assert not Owner().is_dead("another-host:1:abc", SHOP)


def test_what_is_carried_in_a_tests_own_thread_is_nobodys_to_take_over(hold: Hold) -> None:
    seen: list[object] = []
    hold.while_at_it = lambda: seen.append((queue.owners(SHOP), queue.claimable(SHOP, limit=1)))
    hold.later("by hand")
    assert drain() == 1
    assert seen == [(set(), 0)]


@pytest.mark.postgres_only
def test_a_session_that_broke_is_made_anew(db: None) -> None:
    me, other = Owner(), Owner()
    me.hold([SHOP])
    other.hold([SHOP])
    (session,) = me._sessions.values()
    (others,) = other._sessions.values()
    others.execute("SELECT pg_terminate_backend(%s)", [session.info.backend_pid])
    eventually(lambda: other.is_dead(me.name, SHOP), "the lock is free")
    me.hold([SHOP])
    assert not other.is_dead(me.name, SHOP)
    assert me.is_dead("nobody:1:abc", SHOP)
    me.release()
    other.release()
