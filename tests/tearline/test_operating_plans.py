"""However much is finished or held up, what is due is found by the indexes that leave the rest out."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections, transaction

from tearline.databases.preparing import as_owner
from tearline.events._inbox import queue as inbox
from tearline.events._outbox import queue as outbox
from tearline.models import InboxRow
from tearline.sagas._journal import queue as sagas
from tearline.testing import settle
from tearline.work import Queue, Worker
from tearline.work import _queues as queues
from tearline.work._operating import discard, retry
from tearline.work._tasks import queue as tasks
from tests.processes import eventually
from tests.tearline.parcels import SHOP, Poison, listen, move, parked
from tests.tearline.parcels import inbox as received
from tests.tearline.specimen import notes

OWN = {
    "tearline_outbox": ("event_id, topic, stream, payload", "'e' || n, 't', 's' || {stream}, '{{}}'"),
    "tearline_inbox": (
        "listener, event_id, topic, stream, position, payload",
        "'l', 'e' || n, 't', 's' || {stream}, n, '{{}}'",
    ),
    "tearline_task": ("name, arguments", "'t', '[]'"),
    "tearline_saga": (
        "name, version, subject_id, state, cancel_code, cancel_detail, failure_code, failure_detail",
        "'s', 1, 's' || n, 'running', '', '', '', ''",
    ),
}
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
PAST = "'2026-01-01 00:00:00'"


@pytest.fixture(autouse=True)
def forgetting(engine: str, declarations: None) -> Iterator[None]:
    """SQLite would go by what it has learnt of a test's rows in every test that follows, having never looked again."""
    yield
    if engine == "sqlite":
        with as_owner(SHOP) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")


def fill(queue: Queue[Any], *, finished: int = 0, parked: int = 0, due: int, stream: str = "n % 50") -> None:
    """So many rows, the finished ones first, in one statement each."""
    last = 0
    states = (finished, "NULL", PAST, "NULL"), (parked, "NULL", "NULL", PAST), (due, PAST, "NULL", "NULL")
    for count, due_at, finished_at, parked_at in states:
        _insert(queue, last + 1, last + count, f"{due_at}, {finished_at}, {parked_at}", stream)
        last += count
    learn(queue)


def _insert(queue: Queue[Any], first: int, last: int, times: str, stream: str) -> None:
    if last < first:
        return
    table = queue.model._meta.db_table
    columns, values = OWN[table]
    numbers = NUMBERS.format(first=first, last=last)
    insert = f"INSERT INTO {table} (due_at, finished_at, parked_at, created_at, fence, attempts, error, {columns})"
    select = f"SELECT {times}, {PAST}, 0, 0, '', {values.format(stream=stream)} FROM numbers"
    with connections[SHOP].cursor() as cursor:
        cursor.execute(
            f"{numbers} {insert} {select}" if cursor.db.vendor == "sqlite" else f"{insert} {numbers} {select}"
        )


def learn(queue: Queue[Any]) -> None:
    """The database looks at what is in the table, as it does by itself after a while."""
    with as_owner(SHOP) as connection, connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {queue.model._meta.db_table}")


def plan(sql: str, *parameters: str | float) -> list[tuple[str, str]]:
    """How each table is read, and by which index: "" for none."""
    with transaction.atomic(using=SHOP), connections[SHOP].cursor() as cursor:
        if cursor.db.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            return [_sqlite_step(line) for *_, line in cursor.fetchall() if line.startswith(("SCAN", "SEARCH"))]
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        return list(_postgres_steps(cursor.fetchone()[0]))


def _sqlite_step(line: str) -> tuple[str, str]:
    words = line.replace("COVERING ", "").split()
    return words[1], words[4] if words[2:4] == ["USING", "INDEX"] else ""


def _postgres_steps(told: Any) -> Iterator[tuple[str, str]]:
    return _steps((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


def _steps(node: dict[str, Any], alias: str = "") -> Iterator[tuple[str, str]]:
    """A bitmap of an index is read below the table that it is for."""
    alias = node.get("Alias", alias)
    if node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        yield alias, node.get("Index Name", "")
    for child in node.get("Plans", []):
        yield from _steps(child, alias)


@pytest.mark.parametrize("queue", [outbox, inbox, tasks, sagas], ids=lambda queue: queue.name)
@pytest.mark.parametrize("due", [3, 20_000], ids=["little is due", "much is due"])
def test_finding_and_claiming_walk_past_no_finished_row(queue: Queue[Any], due: int) -> None:
    fill(queue, finished=20_000, due=due)
    by_due = ("mine", f"{queue.model._meta.db_table}_due")
    connection = connections[SHOP]
    assert by_due in plan(f"SELECT 1 {queue._first_due(connection, 2)}")
    claim = plan(queue._claim(connection, 100), 30.0, "me")
    assert by_due in claim
    assert [
        step for step in claim if step[0] in ("mine", "earlier") and not step[1].endswith(("_due", "_stream"))
    ] == []


def test_the_plan_would_show_a_walk_past_finished_rows() -> None:
    """The same, asked for by the primary key's order, when as much is due as is finished."""
    fill(tasks, finished=20_000, due=20_000)
    asked = "SELECT id FROM tearline_task AS mine WHERE due_at <= '2026-06-01' ORDER BY id LIMIT 1"
    assert ("mine", "tearline_task_due") not in plan(asked)
    assert ("mine", "tearline_task_due") in plan(f"SELECT id {tasks._first_due(connections[SHOP], 1)}")


def read_for_a_claim(queue: Queue[Any], prelude: str) -> int:
    """Of what is due, so many rows are looked at to claim ten. PostgreSQL knows nothing of them yet."""
    _insert(queue, 1, 5_000, f"{PAST}, NULL, NULL", "n")
    with transaction.atomic(using=SHOP), connections[SHOP].cursor() as cursor:
        claim = queue._claim(connections[SHOP], 10)
        cursor.execute(f"{prelude} EXPLAIN (ANALYZE, FORMAT JSON) {claim}", [30.0, "me"])
        cursor.nextset()
        (told,) = cursor.fetchone()
    return sum(int(node["Actual Rows"]) for node in _nodes(told[0]["Plan"]) if node.get("Alias") == "mine")


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


@pytest.mark.postgres_only
@pytest.mark.parametrize("queue", [outbox, inbox, tasks, sagas], ids=lambda queue: queue.name)
def test_a_claim_looks_at_no_more_rows_than_it_takes_whatever_the_statistics_say(queue: Queue[Any]) -> None:
    assert read_for_a_claim(queue, queue._prelude(connections[SHOP])) == 10


@pytest.mark.postgres_only
def test_a_claim_that_went_by_no_index_would_be_seen_to_look_at_all() -> None:
    assert read_for_a_claim(outbox, "SELECT set_config('enable_indexscan', 'off', true);") >= 5_000


# Held up


def test_more_held_up_rows_than_a_batch_starve_nobody() -> None:
    """A thousand rows at the head of the queue wait behind a parked one; what comes after them is claimed first."""
    fill(inbox, parked=1, due=1_000, stream="1")
    InboxRow.objects.using(SHOP).create(
        listener="l",
        event_id="free",
        topic="t",
        stream="free",
        position=2_000,
        payload="{}",
        due_at="2026-01-01T00:00Z",
    )
    assert [row.event_id for row in inbox.claim(SHOP, owner="me", limit=100)] == ["free"]


def test_many_parked_rows_at_the_head_of_a_queue_starve_nobody() -> None:
    fill(inbox, parked=1_000, due=3, stream="n")
    assert len(inbox.claim(SHOP, owner="me", limit=100)) == 3


def test_what_waits_behind_a_parked_row_is_set_aside_and_no_other() -> None:
    fill(inbox, parked=1, due=80, stream="(n % 2)")
    assert parked()[0].stream == "s1"
    assert inbox.set_aside(SHOP) == 40
    assert {row.stream for row in received(due_at__lt="2026-06-01T00:00Z")} == {"s0"}
    assert len(inbox.claim(SHOP, owner="me", limit=100)) == 40
    assert inbox.set_aside(SHOP) == 0


def test_setting_aside_looks_at_no_more_rows_at_a_time_than_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "LOOKED_AT", 30)
    fill(inbox, parked=1, due=80, stream="1")
    assert [inbox.set_aside(SHOP) for _ in range(4)] == [30, 30, 20, 0]


def test_what_is_in_hands_or_waits_by_itself_is_not_set_aside() -> None:
    fill(inbox, due=4, stream="1")
    rows = inbox.claim(SHOP, owner="me", limit=4)
    inbox.park(SHOP, rows[0], error=ValueError())
    inbox.retry_later(SHOP, rows[1], error=ValueError(), wait=60)
    assert inbox.set_aside(SHOP) == 0
    inbox.give_back(SHOP, [rows[2]])
    assert inbox.set_aside(SHOP) == 1


@pytest.mark.parametrize(
    "deal",
    [
        lambda row_id: retry(SHOP, "inbox", [row_id], who="ann"),
        lambda row_id: discard(SHOP, "inbox", row_id, who="ann", reason="lost"),
    ],
    ids=["retry", "discard"],
)
def test_what_was_set_aside_goes_on_when_the_parked_row_is_dealt_with(deal: Callable[[int], object]) -> None:
    poison = Poison("a1")
    listen(poison)
    move("a1", "a2", "a3")
    settle()
    assert inbox.set_aside(SHOP) == 2
    move("a4")
    settle()
    assert notes(SHOP) == []
    poison.steps.clear()
    deal(parked()[0].pk)
    settle()
    assert notes(SHOP)[-3:] == ["a2", "a3", "a4"]


def test_a_worker_sets_aside_what_is_held_up() -> None:
    listen(Poison("a1"))
    move("a1", "a2")
    worker = Worker()
    worker.start()
    try:
        eventually(
            lambda: len(received(parked_at=None, due_at__gt="2026-06-01T00:00Z", fence__gt=0, owner=None)) == 1,
            "what is held up is set aside",
            seconds=30,
        )
    finally:
        assert worker.stop(20)
