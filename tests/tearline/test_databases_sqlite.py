"""Many threads write one SQLite file: in turn, and without an error."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction

from tearline.databases.sqlite._turns import Turns, turns_of

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def marks(db: None) -> Iterator[None]:
    """A table in the database of orders, to write in."""
    with connections["orders"].cursor() as cursor:
        cursor.execute("CREATE TABLE parent (id integer PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE mark (writer text, parent integer REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"
        )
    yield
    with connections["orders"].cursor() as cursor:
        cursor.execute("DROP TABLE mark")
        cursor.execute("DROP TABLE parent")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the database of orders gives up soon."""
    monkeypatch.setitem(connections.settings["orders"]["OPTIONS"], "timeout", 0.05)


@pytest.fixture
def thread() -> Iterator[Callable[..., "Future[Any]"]]:
    """Starts work in a thread of its own, whose connections are closed when it is done."""

    def closing(work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return work(*arguments)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=16) as pool:
        yield lambda work, *arguments: pool.submit(closing, work, *arguments)


def mark(writer: str = "we", parent: int | None = None) -> None:
    with connections["orders"].cursor() as cursor:
        cursor.execute("INSERT INTO mark VALUES (%s, %s)", [writer, parent])


def mark_and_fail() -> None:
    mark()
    raise RuntimeError("after the mark")


def marked() -> int:
    with connections["orders"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mark")
        return int(cursor.fetchone()[0])


def turns() -> Turns:
    return turns_of(connections.settings["orders"]["NAME"])


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "never became true"
        time.sleep(0.001)


def assert_free() -> None:
    """The turn is nobody's: we may have it at once, and so may another process."""
    assert turns().take(0)
    turns().give()
    with sqlite3.connect(connections.settings["orders"]["NAME"], timeout=0, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


def test_turns_are_taken_in_the_order_of_asking(thread: Callable[..., "Future[Any]"]) -> None:
    queue, order = Turns(), list[int]()

    def wait_and_note(number: int) -> None:
        assert queue.take(10)
        order.append(number)
        queue.give()

    assert queue.take(0)
    futures = []
    for number in range(12):
        futures.append(thread(wait_and_note, number))
        until(lambda: queue.waiting == number + 1)  # noqa: B023 - asked before the loop goes on
    queue.give()
    for future in futures:
        future.result()
    assert order == list(range(12))


def test_who_gives_a_turn_back_and_asks_again_stands_behind_those_who_wait(
    thread: Callable[..., "Future[Any]"],
) -> None:
    queue, order = Turns(), list[str]()

    def wait_and_note(name: str) -> None:
        assert queue.take(10)
        order.append(name)
        queue.give()

    assert queue.take(0)
    other = thread(wait_and_note, "other")
    until(lambda: queue.waiting == 1)
    queue.give()
    wait_and_note("greedy")
    other.result()
    assert order == ["other", "greedy"]


def test_a_turn_that_is_not_waited_for_any_longer_goes_to_the_next(thread: Callable[..., "Future[Any]"]) -> None:
    queue = Turns()
    assert queue.take(0)
    assert not queue.take(0.01)
    patient = thread(queue.take, 10)
    until(lambda: queue.waiting == 1)
    queue.give()
    assert patient.result()


def test_a_wait_that_is_interrupted_leaves_no_one_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Turns()
    assert queue.take(0)

    def interrupted(self: threading.Event, timeout: float | None = None) -> bool:
        queue.give()  # the turn comes at the very moment of the interruption
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            queue.take(10)
    assert queue.waiting == 0
    assert queue.take(0)


def test_eight_threads_and_a_busy_worker_write_without_an_error(
    marks: None, thread: Callable[..., "Future[Any]"]
) -> None:
    done = threading.Event()

    def client(name: str) -> None:
        for _ in range(15):
            with transaction.atomic(using="orders"):
                mark(name)
                mark(name)
            mark(name)

    def worker() -> int:
        rounds = 0
        while not done.is_set():
            with transaction.atomic(using="orders"):
                for _ in range(20):
                    mark("worker")
            rounds += 1
        return rounds

    busy = thread(worker)
    clients = [thread(client, str(number)) for number in range(8)]
    try:
        for finished in clients:
            finished.result()
    finally:
        done.set()
    rounds = busy.result()
    assert rounds > 0
    assert marked() == 8 * 45 + 20 * rounds


def test_two_processes_write_at_once(marks: None, thread: Callable[..., "Future[Any]"]) -> None:
    program = """
import django
django.setup()
from django.db import connections, transaction
print("ready", flush=True)
for _ in range(40):
    with transaction.atomic(using="orders"), connections["orders"].cursor() as cursor:
        cursor.execute("INSERT INTO mark VALUES ('other', NULL)")
"""

    def client() -> None:
        for _ in range(40):
            with transaction.atomic(using="orders"):
                mark()

    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        for finished in [thread(client) for _ in range(4)]:
            finished.result()
    assert other.returncode == 0
    assert marked() == 200


def test_the_turn_is_given_back_after_a_commit(marks: None) -> None:
    with transaction.atomic(using="orders"):
        mark()
        assert not turns().take(0)
    assert_free()


def test_the_turn_is_given_back_after_an_exception(marks: None) -> None:
    with pytest.raises(RuntimeError, match="after the mark"), transaction.atomic(using="orders"):
        mark_and_fail()
    assert_free()
    assert marked() == 0


def test_the_turn_is_given_back_when_the_connection_is_closed_in_between(marks: None) -> None:
    with transaction.atomic(using="orders"):
        mark()
        connections["orders"].close()
        assert_free()
    assert_free()
    assert marked() == 0


def test_the_turn_is_given_back_when_the_commit_fails(marks: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using="orders"):
        mark(parent=1)
    assert_free()
    assert marked() == 0


def test_the_turn_is_given_back_when_another_process_holds_the_file(marks: None, impatient: None) -> None:
    connections["orders"].close()
    other = sqlite3.connect(connections.settings["orders"]["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked"), transaction.atomic(using="orders"):
        mark()
    other.execute("ROLLBACK")
    other.close()
    assert_free()


def test_who_waits_longer_than_the_timeout_is_told_that_the_database_is_locked(
    marks: None, impatient: None, thread: Callable[..., "Future[Any]"]
) -> None:
    def in_a_transaction() -> None:
        with transaction.atomic(using="orders"):
            mark()

    with transaction.atomic(using="orders"):
        for work in (in_a_transaction, mark):
            with pytest.raises(OperationalError, match="database is locked: waited for the other threads"):
                thread(work).result()
    assert_free()


def test_a_single_statement_waits_its_turn_too(marks: None, thread: Callable[..., "Future[Any]"]) -> None:
    with transaction.atomic(using="orders"):
        single = thread(mark)
        until(lambda: turns().waiting == 1)
        assert not single.done()
    single.result()
    assert marked() == 1
    assert_free()


def test_reading_waits_for_nobody(marks: None, impatient: None, thread: Callable[..., "Future[Any]"]) -> None:
    with transaction.atomic(using="orders"):
        mark()
        assert thread(marked).result() == 0


def test_the_files_are_in_wal_mode_with_keys_enforced(db: None) -> None:
    def asked(pragma: str) -> object:
        with connections["orders"].cursor() as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            return cursor.fetchone()[0]

    assert (asked("journal_mode"), asked("foreign_keys")) == ("wal", 1)


def test_what_is_committed_survives_a_power_cut_unless_said_otherwise() -> None:
    from pathlib import Path

    from tearline.databases import configured

    options = configured(["orders"], {}, Path("var"))["orders"]["OPTIONS"]
    assert options["init_command"].endswith("PRAGMA synchronous=FULL")


def test_what_sqlite_is_able_to_do_is_found_out_without_a_database() -> None:
    """Nobody may open one here, as in a check of the models before anything is prepared."""
    orders = connections["orders"]
    assert orders.features_class(orders).supports_json_field
