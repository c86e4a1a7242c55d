"""Whether work slows down beside what is done: 10 thousand past orders in one module's tables, a million in another's.

The platform's tables are the same in every module's database, so the two are compared side by side: `shipping` has the
short past, `notifications` the long one.

    python -m benchmarks.past      # takes orders from its input, a line of JSON each
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import django
from django.db import transaction

from benchmarks.children import child, obey
from benchmarks.server import Server

SHORT, LONG = "shipping", "notifications"
TURN = 10
"""Rounds that one of the two does before it is the other's turn."""

FINISHED = "fence, owner, attempts, error, created_at, finished_at, due_at"
AS_FINISHED = "1, NULL, 1, '', now() - interval '1 day', now(), NULL"
PAST = """
    INSERT INTO {module}.tearline_saga (name, version, subject_id, state, cancel_code, cancel_detail, failure_code,
        failure_detail, {finished})
    SELECT 'past', 1, 'ord_' || number, 'completed', '', '', '', '', {as_finished}
    FROM generate_series(1, {orders}) AS number;
    INSERT INTO {module}.tearline_task (name, arguments, {finished})
    SELECT '{module}.past', '[]', {as_finished} FROM generate_series(1, {orders});
    INSERT INTO {module}.tearline_outbox (event_id, topic, stream, payload, {finished})
    SELECT 'evt_' || number, '{module}.past.v1', 'ord_' || number, '{{}}', {as_finished}
    FROM generate_series(1, {orders}) AS number;
    INSERT INTO {module}.tearline_inbox (listener, event_id, topic, stream, position, payload, {finished})
    SELECT '{module}.past', 'evt_' || number, 'orders.past.v1', '{module}.past ord_' || number, number, '{{}}',
        {as_finished}
    FROM generate_series(1, {orders}) AS number;
"""
Made = Mapping[str, Any]

QUEUES = ("sagas", "tasks", "outbox", "inbox")


def measure(server: Server, *, short: int, long: int, rounds: int) -> Mapping[str, tuple[float, float]]:
    """By queue: milliseconds to claim, finish and look again, beside the short past and beside the long one."""
    with server.connect() as admin:
        for module, orders in ((SHORT, short), (LONG, long)):
            told = PAST.format(module=module, orders=orders, finished=FINISHED, as_finished=AS_FINISHED)
            admin.execute(told.encode())
            for table in ("saga", "task", "outbox", "inbox"):
                admin.execute(f"VACUUM ANALYZE {module}.tearline_{table}".encode())
    with child("benchmarks.past", server.environ) as measuring:
        return {queue: tuple(measuring.ask(queue=queue, rounds=rounds)) for queue in QUEUES}


def compare(*, queue: str, rounds: int) -> tuple[float, float]:
    """In turns."""
    took: dict[str, list[float]] = {SHORT: [], LONG: []}
    for _ in range(max(rounds // TURN, 1)):
        for module, times in took.items():
            times.extend(_times(queue, module))
    return statistics.median(took[SHORT]), statistics.median(took[LONG])


def _times(queue: str, module: str) -> Iterator[float]:
    from tearline.work._carriers import carriers

    carried = next(carrier.queue for carrier in carriers if carrier.kind == queue)
    with transaction.atomic(using=module):
        carried.add(module, [MADE[queue](number) for number in range(TURN)])
    for _ in range(TURN):
        began = time.perf_counter()
        rows = carried.claim(module, owner="", limit=1)
        carried.finish(module, rows)
        carried.next_due(module)
        yield (time.perf_counter() - began) * 1000


def _fresh() -> str:
    from tearline.contracts import EventId

    return str(EventId.new())


def _saga(_number: int) -> Made:
    whys = dict.fromkeys(("cancel_code", "cancel_detail", "failure_code", "failure_detail"), "")
    return {"name": "bench", "version": 1, "subject_id": _fresh(), "state": "running", **whys}


def _task(_number: int) -> Made:
    return {"name": "bench", "arguments": "[]"}


def _announced(_number: int) -> Made:
    event = _fresh()
    return {"event_id": event, "topic": "bench.happened.v1", "stream": event, "payload": "{}"}


def _received(number: int) -> Made:
    return {**_announced(number), "listener": "bench", "position": number}


MADE: Mapping[str, Callable[[int], Made]] = {"sagas": _saga, "tasks": _task, "outbox": _announced, "inbox": _received}

if __name__ == "__main__":
    django.setup()
    obey(compare)
