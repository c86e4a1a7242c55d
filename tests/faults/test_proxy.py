"""The network fails where it is said to: what has been committed is there, and its client does not know."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connections, transaction

from tearline.databases import execute_at_commit
from tests.faults import witness
from tests.network.postgresql_talk import before_postgresql
from tests.network.proxy import STALL, Fault, Proxy

pytestmark = [pytest.mark.usefixtures("witnessed", "db"), pytest.mark.postgres_only]

INSERT = "INSERT INTO orders.effect (kind, what, subject, detail) VALUES ('did', 'it', 'proxy', '')"
Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Network:
    """A proxy, and a connection that leads through it."""

    proxy: Proxy
    client: Connection


@pytest.fixture
def network() -> Iterator[Network]:
    through = before_postgresql(os.environ["DATABASE_URL"])
    with through as (proxy, url), psycopg.connect(url, autocommit=True) as client:
        yield Network(proxy, client)


def begun_and_committed(client: Connection) -> None:
    client.execute("BEGIN; " + INSERT)
    client.commit()


def committed_along_with_the_last_statement(client: Connection) -> None:
    client.execute("BEGIN")
    client.execute(INSERT + "; COMMIT")


def all_in_one_message(client: Connection) -> None:
    client.execute(f"BEGIN; {INSERT}; COMMIT")


def by_itself(client: Connection) -> None:
    client.execute(INSERT)


def with_parameters(client: Connection) -> None:
    client.execute(INSERT.replace("''", "%s"), ["given"])


def prepared(client: Connection) -> None:
    client.execute(INSERT, prepare=True)


WAYS = [
    begun_and_committed, committed_along_with_the_last_statement, all_in_one_message, by_itself, with_parameters,
    prepared,
]  # fmt: skip
each_way = pytest.mark.parametrize("commit", WAYS, ids=lambda way: way.__name__)
Commit = Callable[[Connection], None]


def write_through_django() -> None:
    with transaction.atomic(using="orders"):
        witness.note("orders", "did", "this too", "other")
        execute_at_commit("orders", INSERT, [])


def rows() -> int:
    return len(witness.effects("orders", "proxy"))


@each_way
@pytest.mark.parametrize("fault", ["unanswered", "halved"])
def test_what_is_cut_afterwards_is_there(network: Network, commit: Commit, fault: Fault) -> None:
    before = rows()
    network.proxy.plan(fault, 1)
    with pytest.raises(psycopg.OperationalError):
        commit(network.client)
    assert network.client.broken
    assert (rows(), network.proxy.struck.is_set()) == (before + 1, True)


@each_way
def test_what_is_cut_before_is_not_there(network: Network, commit: Commit) -> None:
    before = rows()
    network.proxy.plan("unheard", 1)
    with pytest.raises(psycopg.OperationalError):
        commit(network.client)
    assert rows() == before


@pytest.mark.parametrize("commit", [committed_along_with_the_last_statement, by_itself], ids=lambda way: way.__name__)
def test_what_stalls_comes_late(network: Network, commit: Commit) -> None:
    before, began = rows(), time.monotonic()
    network.proxy.plan("stalled", 1)
    commit(network.client)
    assert time.monotonic() - began >= STALL
    assert rows() == before + 1


@each_way
def test_each_commit_is_counted_once_and_nothing_else(network: Network, commit: Commit) -> None:
    network.proxy.plan(None, 0)
    network.client.execute("SELECT 1")
    network.client.execute("SELECT %s::int", [1])
    for _ in range(7):  # psycopg prepares what is repeated
        commit(network.client)
    network.client.execute("BEGIN; SELECT 1")
    network.client.execute(INSERT)
    network.client.rollback()
    assert len(network.proxy.counted) == 7


def test_the_cut_comes_at_the_commit_that_was_chosen(network: Network) -> None:
    before = rows()
    network.proxy.plan("unheard", 3)
    by_itself(network.client)
    begun_and_committed(network.client)
    with pytest.raises(psycopg.OperationalError):
        by_itself(network.client)
    assert rows() == before + 2


@pytest.mark.parametrize(("fault", "more"), [("unheard", 0), ("unanswered", 1)])
def test_a_module_hears_of_an_error_when_its_answer_is_cut(
    network: Network, monkeypatch: pytest.MonkeyPatch, fault: Fault, more: int
) -> None:
    """Through Django, with a statement that travels along with COMMIT."""
    told = connections["orders"].settings_dict
    monkeypatch.setitem(told, "HOST", "127.0.0.1")
    monkeypatch.setitem(told, "PORT", str(network.proxy.port))
    monkeypatch.setitem(told, "OPTIONS", {"sslmode": "disable"})
    before = rows()
    connections["orders"].close()
    network.proxy.plan(fault, 1)
    with pytest.raises((OperationalError, InterfaceError)):
        write_through_django()
    connections["orders"].close()
    monkeypatch.undo()
    assert rows() == before + more
    connections["orders"].close()
