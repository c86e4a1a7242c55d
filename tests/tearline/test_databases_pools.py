"""Small pools suffice for many threads, as no thread waits for a connection while it keeps others from theirs."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connections, transaction

from tearline.databases import give_back_idle, waited_for_a_lock
from tearline.databases.postgresql import _pool, base
from tearline.databases.postgresql.base import DatabaseWrapper
from tearline.databases.preparing import as_owner
from tearline.models import CommandKey
from tearline.work import LEASE

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def pools(db: None) -> Iterator[int]:
    """The size of the pools of orders and payments, in which nobody waits for long."""
    for alias in ("orders", "payments"):
        connection = connections[alias]
        assert isinstance(connection, DatabaseWrapper)
        assert connection.pool
        connection.pool.timeout = 1
        connection.close()
    yield connections.settings["orders"]["OPTIONS"]["pool"]["max_size"]
    for alias in ("orders", "payments"):
        connections[alias].close_pool()  # type: ignore[attr-defined]


def cross_over(size: int) -> None:
    """As many threads as fit use orders and then payments, and as many payments and then orders, all at once."""
    everybody_has_one = threading.Barrier(2 * size)

    def work(first: str, then: str) -> None:
        try:
            ask(first)
            everybody_has_one.wait(10)
            ask(then)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2 * size) as threads:
        ways = [("orders", "payments"), ("payments", "orders")] * size
        for future in [threads.submit(work, *way) for way in ways]:
            future.result()


def ask(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def test_threads_that_use_two_databases_crosswise_do_not_wait_for_each_other(pools: int) -> None:
    cross_over(pools)


def test_they_would_if_they_kept_their_connections(pools: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "give_back_idle", lambda: None)
    with pytest.raises(OperationalError):
        cross_over(pools)


def test_a_thread_keeps_what_it_has_used_while_there_is_enough(pools: int) -> None:
    ask("orders")
    held = connections["orders"].connection
    ask("payments")
    ask("orders")
    assert connections["orders"].connection is held


def test_before_it_waits_it_gives_back_what_is_in_no_transaction(pools: int) -> None:
    with occupied("payments", pools) as let_go, transaction.atomic(using="orders"):
        ask("orders")
        ask("inventory")
        in_transaction = connections["orders"].connection
        threading.Timer(0.2, let_go).start()
        ask("payments")
        assert connections["orders"].connection is in_transaction
        assert connections["inventory"].connection is None


def test_before_a_longer_wait_it_can_give_back_all(pools: int) -> None:
    ask("orders")
    with transaction.atomic(using="payments"):
        ask("payments")
        give_back_idle()
        assert connections["orders"].connection is None
        assert connections["payments"].connection is not None


def test_a_connection_that_died_while_it_rested_is_replaced(pools: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "RESTED", 0.0)
    ask("orders")
    dead = connections["orders"].connection
    connections["orders"].close()
    dead.close()
    ask("orders")
    assert connections["orders"].connection is not dead


@contextmanager
def occupied(alias: str, size: int) -> Iterator[Callable[[], None]]:
    """All connections of the pool are in use, until this is called."""
    wrapper = connections[alias]
    assert isinstance(wrapper, DatabaseWrapper)
    assert wrapper.pool
    wrapper.pool.open()
    taken = [wrapper.pool.getconn() for _ in range(size)]

    def let_go() -> None:
        while taken:
            wrapper.pool.putconn(taken.pop())  # type: ignore[union-attr]

    try:
        yield let_go
    finally:
        let_go()


# Whoever hangs keeps nobody


def test_a_statement_fails_that_waits_long_for_a_lock(pools: int) -> None:
    with locked("LOCK TABLE tearline_command_key"):
        began = time.monotonic()
        with pytest.raises(OperationalError) as failed, transaction.atomic(using="orders"):
            CommandKey.objects.using("orders").first()
    assert waited_for_a_lock(failed.value)
    assert time.monotonic() - began < 10


def test_other_failures_are_no_wait_for_a_lock(pools: int) -> None:
    with occupied("payments", pools), pytest.raises(OperationalError) as failed:
        ask("payments")
    assert not waited_for_a_lock(failed.value)


def test_a_session_that_hangs_in_a_transaction_ends_before_a_lease_does(pools: int) -> None:
    with connections["orders"].cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)")
        assert 0 < cursor.fetchone()[0] < LEASE


def test_migrations_take_their_time(pools: int) -> None:
    with as_owner("orders") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')")
        assert cursor.fetchone() == ("0", "0")


def test_an_address_with_options_of_its_own_has_the_last_word(pools: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper = connections["orders"]
    wrapper.close_pool()  # type: ignore[attr-defined]
    monkeypatch.setitem(wrapper.settings_dict["OPTIONS"], "options", "-c lock_timeout=9s")
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')")
        assert cursor.fetchone() == ("9s", "20s")


@contextmanager
def locked(statement: str) -> Iterator[None]:
    """Another session has locked something of the orders, and hangs."""
    with as_owner("orders") as owner:
        parameters = {**owner.get_connection_params(), "autocommit": False}
    with psycopg.connect(**parameters) as session:
        session.execute(statement)
        yield
        session.rollback()
