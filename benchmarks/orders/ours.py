"""The workflow on Tearline: clients and a worker's threads in one process, as in `manage.py serve`.

A client starts an order and waits until the journal says that it is completed. The worker is the one that ships, with
as many threads as ship; the clients' thread doorbell wakes it.

    python -m benchmarks.orders.ours      # takes runs from its input, a line of JSON each
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, LiteralString

import django
import psycopg
from django.db import close_old_connections, connections

from benchmarks.children import obey
from benchmarks.closed_loop import Arrivals, Deed, arrivals, run
from benchmarks.orders.statements import TABLES, in_schemas
from tearline.databases.postgresql.base import DatabaseWrapper

PROCESS = """
    CREATE TABLE shipping.bench_fulfilment (id text PRIMARY KEY, sku integer NOT NULL);
    GRANT ALL ON shipping.bench_fulfilment TO shipping_app;
    GRANT ALL ON orders.bench_order TO orders_app;
    GRANT ALL ON inventory.bench_stock, inventory.bench_reservation TO inventory_app;
    GRANT ALL ON payments.bench_charge TO payments_app;
"""

COMPLETED: dict[str, LiteralString] = {
    "remote": """SELECT subject_id FROM shipping.tearline_saga
        WHERE name = 'shipping.bench_fulfil' AND subject_id = ANY(%s) AND state = 'completed'""",
    "at home": """SELECT subject_id FROM orders.tearline_saga
        WHERE name = 'orders.bench_fulfil' AND subject_id = ANY(%s) AND state = 'completed'""",
}


def make_tables(admin: "psycopg.Connection[Any]") -> None:
    """In the modules' own schemas, for the roles that serve."""
    admin.execute(in_schemas(TABLES).encode())
    admin.execute(PROCESS)


def go(*, how: str, clients: int, seconds: float) -> dict[str, Any]:
    from benchmarks.orders.declared import place_an_order, start_the_process

    begin = {"remote": start_the_process, "at home": place_an_order}[how]
    with arrivals(os.environ["DATABASE_URL"], COMPLETED[how]) as completed, _worker():
        done = run(lambda: _client(begin, completed), clients=clients, seconds=seconds)
    _leave_the_server_to_others()
    return asdict(done)


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    from tearline.work import Worker

    worker = Worker()
    worker.start()
    yield
    worker.stop()


@contextlib.contextmanager
def _client(begin: Callable[[], str], completed: Arrivals) -> Iterator[Deed]:
    def place_and_wait() -> None:
        order_id = begin()
        close_old_connections()  # as at the end of a request
        completed.wait_for(order_id)

    yield place_and_wait
    connections.close_all()


def _leave_the_server_to_others() -> None:
    """Whose turn it is needs the connections that our pools would keep."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


def main() -> None:
    django.setup()
    from benchmarks.orders.declared import standing_in

    with standing_in():
        obey(go)


if __name__ == "__main__":
    main()
