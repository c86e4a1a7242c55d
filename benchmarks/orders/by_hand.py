"""The limit: the workflow written by hand with psycopg, as durable as ours, with nothing that it could do without.

Five commits an order: one that begins it, and one for each step, with the step's own row, an outbox row and the fenced
update of the workflow's row. Statements are prepared. Each client carries its own orders out, in its own thread and on
its own connection; nobody claims, relays or looks for work.

    python -m benchmarks.orders.by_hand      # takes runs from its input, a line of JSON each
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import psycopg

from benchmarks.children import obey
from benchmarks.closed_loop import Deed, run
from benchmarks.orders.statements import TABLES, any_sku, in_schemas, new_id, steps_of

PREFIX = "by_hand_"

ENGINE = """
    CREATE SCHEMA by_hand_orders; CREATE SCHEMA by_hand_inventory; CREATE SCHEMA by_hand_payments;
    CREATE SCHEMA by_hand;
    CREATE TABLE by_hand.workflow (id text PRIMARY KEY, state text NOT NULL, cursor integer NOT NULL,
        fence bigint NOT NULL, lease_until timestamptz, updated_at timestamptz NOT NULL);
    CREATE INDEX ON by_hand.workflow (lease_until) WHERE state = 'running';
    CREATE TABLE by_hand.step (workflow_id text, name text, state text NOT NULL, finished_at timestamptz NOT NULL,
        PRIMARY KEY (workflow_id, name));
    CREATE TABLE by_hand.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text UNIQUE NOT NULL,
        topic text NOT NULL, stream text NOT NULL, payload text NOT NULL, created_at timestamptz NOT NULL);
"""
BEGIN = """INSERT INTO by_hand.workflow (id, state, cursor, fence, lease_until, updated_at)
    VALUES (%s, 'running', 0, 1, now() + interval '30 s', now())"""
STEP = "INSERT INTO by_hand.step (workflow_id, name, state, finished_at) VALUES (%s, %s, 'done', now())"
ANNOUNCE = "INSERT INTO by_hand.outbox (event_id, topic, stream, payload, created_at) VALUES (%s, %s, %s, %s, now())"
MOVE_ON = """UPDATE by_hand.workflow
    SET cursor = %s, state = %s, lease_until = now() + interval '30 s', updated_at = now()
    WHERE id = %s AND fence = %s"""


class FenceLost(Exception):
    """Somebody else carries the workflow on."""


def make_tables(admin: "psycopg.Connection[Any]") -> None:
    admin.execute(ENGINE)
    admin.execute(in_schemas(TABLES, PREFIX).encode())


@contextlib.contextmanager
def client() -> Iterator[Deed]:
    with psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=0) as database:
        yield partial(carry_out, database)


def carry_out(database: "psycopg.Connection[Any]") -> None:
    """One order, from begin to end."""
    order_id = new_id()
    database.execute(BEGIN, [order_id])
    database.commit()
    steps = steps_of(order_id, any_sku())
    for cursor, (name, statements) in enumerate(steps, start=1):
        moved = database.execute(MOVE_ON, [cursor, "done" if cursor == len(steps) else "running", order_id, 1])
        if moved.rowcount != 1:
            raise FenceLost(order_id)
        for statement, values in statements:
            database.execute(in_schemas(statement, PREFIX).encode(), values)
        database.execute(STEP, [order_id, name])
        database.execute(ANNOUNCE, [new_id(), f"orders.{name}", order_id, f'{{"order_id": "{order_id}"}}'])
        database.commit()


def go(*, clients: int, seconds: float) -> dict[str, Any]:
    done = run(client, clients=clients, seconds=seconds)
    return asdict(done)


if __name__ == "__main__":
    obey(go)
