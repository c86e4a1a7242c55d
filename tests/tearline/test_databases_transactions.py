"""A transaction begins along with its first statement and may end along with its last: nothing else is different."""

import contextlib
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from psycopg.pq import TransactionStatus

from tearline.databases import LAZILY, execute_at_commit, on_one_server
from tearline.models import TaskRow
from tests.tearline.specimen import HOME as SHOP

pytestmark = pytest.mark.usefixtures("db")

NOTE = "UPDATE tearline_task SET error = %s WHERE name = %s"
OFFENCE = "INSERT INTO tearline_outbox (event_id) VALUES (%s)"


def names() -> list[str]:
    return sorted(TaskRow.objects.using(SHOP).values_list("name", flat=True))


def write(name: str) -> None:
    TaskRow.objects.using(SHOP).create(name=name, arguments="[]")


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """A transaction, or a savepoint in one, that is rolled back in the end."""
    with contextlib.suppress(LookupError), transaction.atomic(using=SHOP):
        yield
        raise LookupError


def test_it_rolls_back_as_a_whole() -> None:
    with taken_back():
        write("one")
        write("other")
    assert names() == []


def test_a_savepoint_may_be_the_first_statement() -> None:
    with transaction.atomic(using=SHOP):
        with taken_back():
            write("taken back")
        write("kept")
    assert names() == ["kept"]


def test_the_first_statement_may_fail() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=SHOP), connections[SHOP].cursor() as cursor:
        cursor.execute(OFFENCE, ["evt"])
    write("afterwards")
    assert names() == ["afterwards"]


def test_many_may_be_the_first_statement() -> None:
    statement = "UPDATE tearline_task SET name = %s WHERE name = %s"
    write("one")
    with taken_back(), connections[SHOP].cursor() as cursor:
        cursor.executemany(statement, [["other", "one"], ["third", "other"]])
        assert names() == ["third"]
    assert names() == ["one"]


def test_what_is_left_for_the_commit_commits_with_the_rest() -> None:
    with transaction.atomic(using=SHOP):
        write("one")
        execute_at_commit(SHOP, NOTE, ["noted", "one"])
    assert TaskRow.objects.using(SHOP).get().error == "noted"


def test_it_is_forgotten_when_the_transaction_is_rolled_back() -> None:
    write("one")
    with taken_back():
        execute_at_commit(SHOP, NOTE, ["noted", "one"])
    with transaction.atomic(using=SHOP):
        write("other")
    assert set(TaskRow.objects.using(SHOP).values_list("error", flat=True)) == {""}


def test_nothing_is_committed_when_it_fails() -> None:
    heard: list[str] = []

    @transaction.atomic(using=SHOP)
    def offend() -> None:
        write("one")
        transaction.on_commit(lambda: heard.append("committed"), using=SHOP)
        execute_at_commit(SHOP, OFFENCE, ["evt"])

    with pytest.raises(DatabaseError):
        offend()
    assert (names(), heard) == ([], [])


def test_in_an_inner_block_it_is_executed_at_once() -> None:
    with transaction.atomic(using=SHOP):
        write("one")
        with taken_back():
            execute_at_commit(SHOP, NOTE, ["noted", "one"])
    assert TaskRow.objects.using(SHOP).get().error == ""


@pytest.mark.postgres_only
def test_begin_and_commit_take_no_way_of_their_own(sent: list[str]) -> None:
    with transaction.atomic(using=SHOP):
        write("one")
        execute_at_commit(SHOP, NOTE, ["noted", "one"])
    first, last = sent
    assert first.startswith("BEGIN; INSERT INTO")
    assert last.startswith("UPDATE tearline_task")
    assert last.endswith("COMMIT")


@pytest.mark.postgres_only
def test_what_is_committed_lazily_makes_nothing_else_so(sent: list[str]) -> None:
    with transaction.atomic(using=SHOP):
        write("one")
        execute_at_commit(SHOP, NOTE, ["noted", "one"], lazily=True)
    assert sent[-1].startswith(f"{LAZILY}; UPDATE")
    assert TaskRow.objects.using(SHOP).get().error == "noted"
    with connections[SHOP].cursor() as cursor:
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
        assert cursor.fetchone() != ("session",)


def test_databases_at_one_address_are_on_one_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_one_server([SHOP, "orders"])
    monkeypatch.setitem(connections.settings[SHOP], "HOST", "elsewhere")
    assert not on_one_server([SHOP, "orders"])
    assert on_one_server([SHOP])


@pytest.mark.postgres_only
def test_a_transaction_without_statements_says_nothing(sent: list[str]) -> None:
    with transaction.atomic(using=SHOP):
        assert connections[SHOP].connection.info.transaction_status == TransactionStatus.IDLE
    assert sent == []
