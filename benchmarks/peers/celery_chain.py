"""The workflow as a Celery chain over Valkey: four tasks, a transaction each, acknowledged late.

It keeps no record of the workflow, and a task may run twice: the least that people do. Clients wait until the order is
confirmed; one thread looks for all of them.

    python -m benchmarks.peers.celery_chain                       # takes runs from its input, a line of JSON each
    celery -A benchmarks.peers.celery_chain worker -c 4           # the workers
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any, LiteralString

import psycopg
from celery import Celery, chain

from benchmarks.children import obey
from benchmarks.closed_loop import Deed, arrivals, run
from benchmarks.orders.statements import TABLES, any_sku, in_schemas, new_id, steps_of

PREFIX = "celery_"
SCHEMAS = "CREATE SCHEMA celery_orders; CREATE SCHEMA celery_inventory; CREATE SCHEMA celery_payments"
CONFIRMED: LiteralString = "SELECT id FROM celery_orders.bench_order WHERE id = ANY(%s) AND status = 'confirmed'"

app = Celery("chain", broker=os.environ.get("REDIS_URL"))
app.conf.update(
    task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1, task_ignore_result=True
)


def make_tables(admin: "psycopg.Connection[Any]") -> None:
    admin.execute(SCHEMAS)
    admin.execute(in_schemas(TABLES, PREFIX).encode())


@app.task(name="benchmarks.step")  # the clients' process knows this file as __main__
def step(order_id: str, sku: int, name: str) -> None:
    """One step, in a transaction of its own."""
    database = _database()
    for statement, values in dict(steps_of(order_id, sku))[name]:
        database.execute(in_schemas(statement, PREFIX).encode(), values)
    database.commit()


@cache
def _database() -> "psycopg.Connection[Any]":
    """Each process of the pool keeps its own."""
    return psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=0)


def start_an_order() -> str:
    order_id, sku = new_id(), any_sku()
    chain(*(step.si(order_id, sku, name) for name in ("create", "reserve", "charge", "confirm"))).apply_async()
    return order_id


@contextlib.contextmanager
def client(deed: Deed) -> Iterator[Deed]:
    yield deed


def go(*, clients: int, seconds: float) -> dict[str, Any]:
    with arrivals(os.environ["DATABASE_URL"], CONFIRMED) as confirmed:
        done = run(lambda: client(lambda: confirmed.wait_for(start_an_order())), clients=clients, seconds=seconds)
    return asdict(done)


if __name__ == "__main__":
    obey(go)
