"""What takes longer than a lease stays with whoever is at it, unless that takes for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.db import connections, transaction

from tearline.models import TaskRow
from tearline.testing import written_in
from tearline.work import LEASE, Worker, _leases, task
from tearline.work._leases import hold_on, in_hand
from tearline.work._tasks import queue
from tearline.work._visits import Visitor
from tests.clock import let_pass
from tests.processes import eventually
from tests.tearline.specimen import note, notes

SHOP = "shipping"

pytestmark = pytest.mark.usefixtures("declarations", "db")


@pytest.fixture(autouse=True)
def renewed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_leases, "RENEWED_EVERY", 0.0)


def claimed(count: int = 1) -> list[TaskRow]:
    """Rows whose leases are about to end."""
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}] * count)
    rows = queue.claim(SHOP, owner="me", limit=count)
    let_pass(timedelta(seconds=LEASE - 5))
    return rows


def left() -> float:
    """Seconds until the first lease ends."""
    seconds = queue.next_due(SHOP)
    assert seconds is not None
    return seconds


def test_a_lease_is_renewed_for_as_long_as_its_rows_are_in_hand() -> None:
    with in_hand(queue, SHOP, claimed()):
        hold_on()
        assert left() > LEASE - 5
        let_pass(timedelta(seconds=LEASE - 5))
    hold_on()
    assert left() <= 5


def test_not_before_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_leases, "RENEWED_EVERY", 60.0)
    with in_hand(queue, SHOP, claimed()):
        hold_on()
        assert left() <= 5


def test_what_is_held_for_too_long_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_leases, "HELD_AT_MOST", -1.0)
    with in_hand(queue, SHOP, claimed()):
        hold_on()
        assert left() <= 5


def test_what_others_have_by_now_or_nobody_any_more_is_not_renewed() -> None:
    mine, finished, failed, stolen = rows = claimed(4)
    queue.finish(SHOP, [finished])
    queue.retry_later(SHOP, failed, error=ValueError(), wait=1)
    TaskRow.objects.using(SHOP).filter(pk=stolen.pk).update(fence=9)
    assert queue.renew(SHOP, rows) == 1
    with connections[SHOP].cursor() as cursor:
        cursor.execute(f"SELECT id FROM tearline_task WHERE id <> {mine.pk} AND due_at IS NOT NULL ORDER BY due_at")
        assert cursor.fetchall() == [(failed.pk,), (stolen.pk,)]
    assert left() <= 1


@pytest.mark.postgres_only
def test_nobody_waits_to_renew_what_is_just_being_written() -> None:
    rows = claimed(2)
    with transaction.atomic(using=SHOP):
        TaskRow.objects.using(SHOP).select_for_update().get(pk=rows[0].pk)
        counted: list[int] = []
        other = threading.Thread(target=renew_elsewhere, args=(rows, counted))
        other.start()
        other.join(20)
        assert counted == [1]


def renew_elsewhere(rows: list[TaskRow], counted: list[int]) -> None:
    counted.append(queue.renew(SHOP, rows))
    connections.close_all()


def test_a_database_out_of_reach_does_not_keep_other_leases_from_being_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    renew, seen = type(queue).renew, list[str]()

    def broken(self: object, module: str, rows: list[TaskRow]) -> int:
        seen.append(module)
        if module == "catalog":
            raise OSError("no such host")
        return renew(queue, module, rows)

    monkeypatch.setattr(type(queue), "renew", broken)
    rows = claimed()
    with in_hand(queue, "catalog", rows), in_hand(queue, SHOP, rows):
        hold_on()
    assert seen == ["catalog", SHOP]
    assert left() > LEASE - 5


@contextmanager
def working() -> Iterator[None]:
    worker = Worker([SHOP])
    worker.start()
    try:
        yield
    finally:
        assert worker.stop(30)


@contextmanager
def visiting() -> Iterator[None]:
    visitor = Visitor()

    def visit() -> None:
        visitor.visit(SHOP, seconds=0.1)
        connections.close_all()

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        yield
    finally:
        thread.join(30)
        visitor.leave()


@pytest.mark.parametrize("at_work", [working, visiting])
def test_whoever_works_holds_on_to_what_takes_long(at_work: Callable[[], AbstractContextManager[None]]) -> None:
    begun, let_go = threading.Event(), threading.Event()

    @task(f"{SHOP}.take_long")
    @written_in(f"{SHOP}.services")
    def take_long() -> None:
        begun.set()
        let_go.wait(60)
        note("done", module=SHOP)

    with transaction.atomic(using=SHOP):
        take_long.later()
    with at_work():
        assert begun.wait(30)
        try:
            let_pass(timedelta(seconds=LEASE - 3))
            eventually(lambda: left() > LEASE - 3, "the lease is renewed")
        finally:
            let_go.set()
    assert notes(SHOP) == ["done"]
    assert TaskRow.objects.using(SHOP).exclude(name="specimen.note").get().finished_at
