"""Due rows: claimed by one, held under a fence, tried again, parked; and the tasks that are carried so."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tearline.contracts import Unavailable
from tearline.databases import open_transactions
from tearline.facades import caller
from tearline.models import InboxRow, TaskRow
from tearline.resilience import NotAsked
from tearline.resilience._trying_again import is_tried_again_later
from tearline.testing import settle, written_in
from tearline.work import LeaseLost, Retry, TaskError, task
from tearline.work import _queues as queues
from tearline.work._tasks import queue
from tests.tearline.specimen import at_once, carry, note, notes

SHOP = "shipping"
inbox = queues.Queue("inbox", InboxRow, position="position")


def due(count: int = 1) -> None:
    """Put so many rows on the queue."""
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": str(number)} for number in range(count)])


def claim(owner: str = "me", limit: int = 10) -> list[TaskRow]:
    return queue.claim(SHOP, owner=owner, limit=limit)


def only_row() -> TaskRow:
    return TaskRow.objects.using(SHOP).exclude(name="specimen.note").get()


@pytest.fixture
def no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases end as soon as they begin, as for a worker that was paused."""
    monkeypatch.setattr(queues, "LEASE", -1.0)


# Claiming


def test_each_row_is_claimed_by_one(db: None) -> None:
    due(40)

    def claim_all(number: int) -> list[int]:
        mine: list[int] = []
        while rows := claim(f"worker {number}", limit=3):
            mine += [row.pk for row in rows]
        return mine

    claimed = [pk for ended in at_once(6, claim_all) if isinstance(ended, list) for pk in ended]
    assert len(claimed) == 40
    assert len(set(claimed)) == 40


def test_a_claim_takes_no_more_than_its_limit_oldest_first(db: None) -> None:
    due(5)
    assert [row.arguments for row in claim(limit=2)] == ["0", "1"]
    assert [row.arguments for row in claim()] == ["2", "3", "4"]
    assert claim() == []


def test_a_lease_ends_by_the_clock_of_the_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    due()
    for year in (1999, 2099):
        monkeypatch.setattr(timezone, "now", lambda year=year: datetime(year, 1, 1, tzinfo=UTC))
        if rows := claim():
            assert rows[0].owner == "me"
    left = queue.next_due(SHOP)
    assert left is not None
    assert queues.LEASE - 5 < left <= queues.LEASE + 0.001  # SQLite counts in days


def note_and_finish(rows: list[TaskRow]) -> None:
    with transaction.atomic(using=SHOP):
        note("done late", module=SHOP)
        queue.finish(SHOP, rows)


def test_what_was_stolen_cannot_be_finished_and_its_effects_roll_back(db: None, no_lease: None) -> None:
    due()
    mine, stolen = claim("slow"), claim("quick")
    assert [row.pk for row in mine] == [row.pk for row in stolen]
    with pytest.raises(LeaseLost):
        note_and_finish(mine)
    assert notes(SHOP) == []
    queue.finish(SHOP, stolen)
    assert only_row().finished_at is not None


@pytest.mark.parametrize(
    "write",
    [
        lambda row: queue.retry_later(SHOP, row, error=ValueError(), wait=1),
        lambda row: queue.put_off(SHOP, row, error=ValueError(), wait=1),
        lambda row: queue.rest(SHOP, row, error=ValueError(), wait=1),
        lambda row: queue.park(SHOP, row, error=ValueError()),
        lambda row: queue.give_back(SHOP, [row]),
    ],
)
def test_whoever_lost_a_row_writes_nothing(db: None, no_lease: None, write: Callable[[TaskRow], None]) -> None:
    due()
    (mine,), (stolen,) = claim("slow"), claim("quick")
    before = TaskRow.objects.using(SHOP).values().get()
    with pytest.raises(LeaseLost):
        write(mine)
    assert TaskRow.objects.using(SHOP).values().get() == before
    write(stolen)
    assert TaskRow.objects.using(SHOP).values().get() != before


def test_what_is_finished_is_not_put_back_by_who_did_not_hear_of_it(db: None) -> None:
    due()
    (row,) = claim()
    queue.finish(SHOP, [row])
    with pytest.raises(LeaseLost):
        queue.retry_later(SHOP, row, error=OSError("the answer to COMMIT was lost"), wait=0)
    assert claim() == []


def test_of_many_rows_all_are_finished_or_none(db: None, no_lease: None) -> None:
    due(3)
    mine = claim()
    claim("quick", limit=1)
    with pytest.raises(LeaseLost, match="1 of 3"):
        queue.finish(SHOP, mine)
    assert not TaskRow.objects.using(SHOP).filter(finished_at__isnull=False).exists()


def test_what_was_given_back_was_not_tried(db: None) -> None:
    due()
    (row,) = claim()
    queue.give_back(SHOP, [row])
    (again,) = claim()
    assert again.attempts == 1
    assert again.fence != row.fence


def test_a_claim_that_the_database_has_forgotten_is_no_claim(db: None) -> None:
    """As after a crash of its server: the row is as it was, and another worker has claimed it since."""
    due()
    before = TaskRow.objects.using(SHOP).values().get()
    mine = claim()
    TaskRow.objects.using(SHOP).update(**before | {"due_at": "2000-01-01T00:00:00Z"})
    theirs = claim("another")
    with pytest.raises(LeaseLost):
        queue.finish(SHOP, mine)
    queue.finish(SHOP, theirs)


def test_leases_of_an_owner_can_be_ended_and_only_its_own(db: None) -> None:
    due(3)
    claim("dead", limit=2)
    claim("alive", limit=1)
    assert queue.owners(SHOP) == {"dead", "alive"}
    assert queue.expire(SHOP, owner="dead") == 2
    assert len(claim("me")) == 2


@pytest.mark.sqlite_only
@pytest.mark.parametrize("work", [queue, inbox])
def test_looking_and_claiming_read_no_finished_rows(db: None, work: queues.Queue[Any]) -> None:
    """All of it goes by the indexes that leave finished rows out."""
    with CaptureQueriesContext(connections[SHOP]) as asked:
        work.claimable(SHOP, limit=2)
        work.next_due(SHOP)
        work.owners(SHOP)
        work.claim(SHOP, owner="me", limit=10)
        work.expire(SHOP, owner="me")
    statements = [query["sql"] for query in asked if query["sql"].startswith(("SELECT", "WITH", "UPDATE"))]
    with connections[SHOP].cursor() as cursor:
        plans = [line for sql in statements for *_, line in cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    assert len(statements) == 5
    walked = {plan for plan in plans if plan.startswith(("SCAN", "SEARCH")) and "USING" not in plan}
    assert walked == {"SCAN wanted", "SCAN CONSTANT ROW"}


# Order


def arrive(*places: str) -> None:
    """Rows of the inbox, such as "a1": stream a, position 1."""
    with transaction.atomic(using=SHOP):
        inbox.add(
            SHOP,
            [
                {
                    "listener": "l",
                    "event_id": place,
                    "topic": "t",
                    "stream": place[0],
                    "position": int(place[1]),
                    "payload": "{}",
                }
                for place in places
            ],
        )


def taken(limit: int = 10) -> list[InboxRow]:
    return inbox.claim(SHOP, owner="me", limit=limit)


def named(rows: list[InboxRow]) -> list[str]:
    return [row.event_id for row in rows]


def test_rows_of_a_stream_are_claimed_in_their_order_whenever_they_came(db: None) -> None:
    arrive("a2", "b1", "a1")
    assert [row.event_id for row in taken() if row.stream == "a"] == ["a1", "a2"]


def test_a_row_in_other_hands_holds_up_its_stream_and_no_other(db: None) -> None:
    arrive("a1", "a2", "b1", "b2")
    assert named(taken(limit=1)) == ["a1"]
    assert inbox.claimable(SHOP, limit=10) == 2
    assert named(taken()) == ["b1", "b2"]


@pytest.mark.parametrize(
    "put_back",
    [
        lambda row: inbox.park(SHOP, row, error=ValueError()),
        lambda row: inbox.retry_later(SHOP, row, error=ValueError(), wait=60),
    ],
)
def test_a_row_that_waits_or_is_parked_holds_up_its_stream(db: None, put_back: Callable[[InboxRow], None]) -> None:
    arrive("a1", "a2")
    first, second = taken()
    put_back(first)
    inbox.give_back(SHOP, [second])
    assert taken() == []
    assert inbox.claimable(SHOP, limit=1) == 0


def test_nobody_waits_for_rows_that_are_held_up(db: None) -> None:
    arrive("a1", "a2")
    inbox.park(SHOP, taken(limit=1)[0], error=ValueError())
    assert inbox.next_due(SHOP) is None
    arrive("b1")
    assert inbox.next_due(SHOP) == 0


def test_no_claim_overtakes_a_row_that_is_being_put_back(db: None, no_lease: None) -> None:
    """The claim begins while the first row of a stream is being made to wait. It must not take the second alone."""
    arrive("a1", "a2")
    first, _second = taken()
    being_put_back = threading.Event()

    def put_back() -> list[str]:
        with transaction.atomic(using=SHOP):
            inbox.retry_later(SHOP, first, error=ValueError(), wait=60)
            being_put_back.set()
            time.sleep(0.3)  # the claim comes now
        return []

    def overtake() -> list[str]:
        being_put_back.wait(20)
        return named(taken())

    assert at_once(2, lambda number: (put_back, overtake)[number]()) == [[], []]


# Trying again


@pytest.mark.parametrize(("attempts", "whole"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (1000, 8)])
def test_waits_double_up_to_the_cap_and_are_spread(attempts: int, whole: float) -> None:
    waits = [Retry(first=1, cap=8, tries=5).wait(attempts) for _ in range(50)]
    assert min(waits) >= whole / 2
    assert max(waits) <= whole
    assert len(set(waits)) > 10


def test_who_says_when_to_come_back_is_not_asked_before_and_not_by_all_at_once() -> None:
    patient = Retry(first=1, cap=60, tries=5)
    waits = [patient.wait(1, Unavailable("later", retry_after=20)) for _ in range(50)]
    assert 20 <= min(waits) < max(waits) <= 30
    assert max(waits) - min(waits) > 5
    assert patient.wait(6, Unavailable("soon", retry_after=1)) >= 16
    assert patient.wait(1, Unavailable("next year", retry_after=1e7)) <= 90


def test_tries_run_out() -> None:
    assert [Retry(tries=3).exhausted(attempts) for attempts in (1, 2, 3, 4)] == [False, False, True, True]


# Tasks


class Packing:
    """The task `shipping.pack`: keeps what it is called with, and fails as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, str]] = []
        self.failures: list[Exception] = []
        self.seen: list[object] = []
        self.while_at_it: Callable[[], object] = list
        self.task = task("shipping.pack")(self.pack_in_shipping())

    def pack_in_shipping(self) -> Callable[[int, str], None]:
        @written_in("shipping.services")
        def pack(number: int, name: str) -> None:
            self.calls.append((number, name))
            self.seen.append((caller(), open_transactions()))
            self.while_at_it()
            if self.failures:
                raise self.failures.pop(0)

        return pack

    def later(self, *arguments: object, module: str = SHOP) -> None:
        with transaction.atomic(using=module):
            self.task.later(*arguments)  # type: ignore[arg-type]  # as a caller may get it wrong


@pytest.fixture
def packing(declarations: None) -> Packing:
    return Packing()


def test_a_task_is_done_after_commit_in_its_modules_name_with_no_transaction_open(packing: Packing) -> None:
    with transaction.atomic(using=SHOP):
        packing.task.later(1, "box")
        assert packing.calls == []
    settle()
    settle()
    assert packing.calls == [(1, "box")]
    assert packing.seen == [(SHOP, [])]


def test_a_task_that_is_rolled_back_is_never_done(packing: Packing) -> None:
    with transaction.atomic(using=SHOP):
        packing.task.later(1, "box")
        transaction.set_rollback(True, using=SHOP)
    settle()
    assert packing.calls == []


@pytest.mark.parametrize("open_on", [None, "orders"])
def test_a_task_is_asked_for_in_a_transaction_of_its_module(packing: Packing, open_on: str | None) -> None:
    with pytest.raises(TaskError, match="outside a transaction of shipping"):
        packing.task.later(1, "box") if open_on is None else packing.later(1, "box", module=open_on)


def test_a_task_takes_its_arguments_by_position(packing: Packing) -> None:
    with pytest.raises(TaskError, match="by position"), transaction.atomic(using=SHOP):
        packing.task.later(1, name="box")  # type: ignore[call-arg]


def test_a_task_can_be_put_off(packing: Packing) -> None:
    with transaction.atomic(using=SHOP):
        packing.task.after(timedelta(minutes=1), 1, "box")
    settle()
    wait = queue.next_due(SHOP)
    assert packing.calls == []
    assert wait is not None
    assert 50 < wait <= 60


def test_a_task_that_fails_is_tried_again(packing: Packing) -> None:
    packing.failures = [ValueError("no tape"), ValueError("no tape")]
    packing.later(1, "box")
    settle()
    assert packing.calls == [(1, "box")] * 3
    row = only_row()
    assert (row.attempts, row.parked_at) == (3, None)
    assert row.finished_at is not None


def test_a_task_is_parked_with_the_traceback_when_tries_run_out(packing: Packing) -> None:
    packing.failures = [ValueError(f"no tape {number}") for number in range(1, 10)]
    packing.later(1, "box")
    settle()
    assert len(packing.calls) == 6
    row = only_row()
    assert (row.due_at, row.finished_at, row.owner) == (None, None, None)
    assert row.parked_at is not None
    assert "no tape 6" in row.error
    assert "in pack" in row.error


def test_a_task_that_is_put_off_before_anything_is_done_was_not_tried(packing: Packing) -> None:
    packing.failures = [*[NotAsked("tape", "circuit open", retry_after=0.01)] * 10, *[ValueError("no tape")] * 2]
    packing.later(1, "box")
    settle()
    assert len(packing.calls) == 13
    assert (only_row().attempts, only_row().parked_at) == (3, None)


def test_a_task_comes_back_when_it_is_told_to(packing: Packing, settings: Settings) -> None:
    settings.TEARLINE_RETRY = {"first": 0.005, "cap": 60.0, "tries": 6}
    for error in (NotAsked("tape", "circuit open", retry_after=20), Unavailable("busy", retry_after=20)):
        packing.failures = [error]
        packing.later(1, "box")
        settle()
        assert 19 < (queue.next_due(SHOP) or 0) <= 30


@pytest.mark.parametrize(
    "error",
    [Unavailable("may be done", retry_after=0.01), Unavailable("not done, and who knows when", maybe_done=False)],
)
def test_a_task_that_may_be_done_or_is_not_told_when_to_come_back_was_tried(
    packing: Packing, error: Unavailable
) -> None:
    packing.failures = [error] * 10
    packing.later(1, "box")
    settle()
    assert len(packing.calls) == 6
    assert only_row().parked_at is not None


def test_whoever_does_a_task_is_tried_again_by_its_row(packing: Packing) -> None:
    packing.while_at_it = lambda: packing.seen.append(is_tried_again_later())
    packing.later(1, "box")
    settle()
    assert packing.seen[-1] is True
    assert not is_tried_again_later()


def test_a_task_of_unknown_name_is_left_for_those_who_may_know_it_and_parked_in_the_end(db: None) -> None:
    due()
    settle()
    row = only_row()
    assert (row.attempts, row.due_at) == (6, None)
    assert "no task is named shipping.nothing" in row.error


def test_a_task_whose_row_was_stolen_leaves_it_to_the_thief(packing: Packing, no_lease: None) -> None:
    packing.failures = [ValueError("too slow")]
    packing.while_at_it = lambda: claim("thief")
    packing.later(1, "box")
    assert carry("tasks", SHOP, "me") == 1
    row = only_row()
    assert (row.owner, row.error) == ("thief", "")


def test_names_of_tasks_are_unique_and_begin_with_their_module(packing: Packing) -> None:
    with pytest.raises(TaskError, match=r"two tasks are named shipping.pack"):
        Packing()
    with pytest.raises(TaskError, match="belongs to orders and must be named"):
        task("shipping.wrap")(written_in("orders.services")(lambda: None))


def test_calling_a_task_does_it_now(packing: Packing) -> None:
    packing.task(1, "box")
    assert packing.calls == [(1, "box")]
