"""The tables and the five statements of the workflow, the same for every contestant, each in schemas of its own.

Knows no Django: peers run it in an environment of theirs.
"""

import random
import uuid
from typing import Any, LiteralString

SKUS = 1000

TABLES: LiteralString = """
    CREATE TABLE {orders}.bench_order (id text PRIMARY KEY, sku integer NOT NULL, status text NOT NULL);
    CREATE TABLE {inventory}.bench_stock (sku integer PRIMARY KEY, on_hand bigint NOT NULL CHECK (on_hand >= 0));
    CREATE TABLE {inventory}.bench_reservation (order_id text PRIMARY KEY, sku integer NOT NULL);
    CREATE TABLE {payments}.bench_charge (order_id text PRIMARY KEY, amount integer NOT NULL);
    INSERT INTO {inventory}.bench_stock SELECT sku, 1000000000 FROM generate_series(1, 1000) AS sku;
"""

CREATE: LiteralString = "INSERT INTO {orders}.bench_order (id, sku, status) VALUES (%s, %s, 'pending')"
RESERVE: LiteralString = "INSERT INTO {inventory}.bench_reservation (order_id, sku) VALUES (%s, %s)"
TAKE_STOCK: LiteralString = "UPDATE {inventory}.bench_stock SET on_hand = on_hand - 1 WHERE sku = %s"
CHARGE: LiteralString = "INSERT INTO {payments}.bench_charge (order_id, amount) VALUES (%s, 100)"
CONFIRM: LiteralString = "UPDATE {orders}.bench_order SET status = 'confirmed' WHERE id = %s"

Step = list[tuple[LiteralString, list[Any]]]


def steps_of(order_id: str, sku: int) -> list[tuple[str, Step]]:
    """The four steps by name, each with its statements and their values."""
    return [
        ("create", [(CREATE, [order_id, sku])]),
        ("reserve", [(RESERVE, [order_id, sku]), (TAKE_STOCK, [sku])]),
        ("charge", [(CHARGE, [order_id])]),
        ("confirm", [(CONFIRM, [order_id])]),
    ]


def new_id() -> str:
    return uuid.uuid4().hex


def any_sku() -> int:
    return random.randint(1, SKUS)


def in_schemas(statement: LiteralString, prefix: str = "") -> str:
    """The statement with the names of its schemas: `<prefix>orders` and so on."""
    schemas = {module: f"{prefix}{module}" for module in ("orders", "inventory", "payments")}
    return statement.format(**schemas)
