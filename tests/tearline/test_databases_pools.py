"""Small pools suffice for many threads, as no thread keeps a connection that it does not use."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connections, transaction

from tearline.databases.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def pools(db: None) -> Iterator[int]:
    """The size of the pools of orders and payments, in which nobody waits for long."""
    for alias in ("orders", "payments"):
        connection = connections[alias]
        assert isinstance(connection, DatabaseWrapper)
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
    monkeypatch.setattr(DatabaseWrapper, "give_back", lambda _connection: None)
    with pytest.raises(OperationalError):
        cross_over(pools)


def test_a_connection_in_a_transaction_is_kept(db: None) -> None:
    with transaction.atomic(using="orders"):
        ask("orders")
        held = connections["orders"].connection
        ask("payments")
        assert connections["orders"].connection is held
    ask("inventory")
    assert connections["orders"].connection is connections["payments"].connection is None
