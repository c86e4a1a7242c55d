"""The workflow on DBOS, each step a transaction of its datasource, so that its effects happen once.

Read committed, as everybody else here. Each client carries its own workflows out, in its own thread.

    python -m benchmarks.peers.dbos_workflow      # in an environment that has dbos: takes runs from its input
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import psycopg
import sqlalchemy
from dbos import DBOS, SQLAlchemyDatasource

from benchmarks.children import obey
from benchmarks.closed_loop import Deed, run
from benchmarks.orders.statements import TABLES, any_sku, in_schemas, new_id, steps_of

PREFIX = "dbos_"
SCHEMAS = "CREATE SCHEMA dbos_orders; CREATE SCHEMA dbos_inventory; CREATE SCHEMA dbos_payments"


def make_tables(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SCHEMAS)
        admin.execute(in_schemas(TABLES, PREFIX).encode())


def launched(url: str) -> Callable[[], None]:
    """DBOS is running; calling this carries one order out."""
    database = url.replace("postgresql://", "postgresql+psycopg://")
    DBOS(config={"name": "bench", "system_database_url": database, "log_level": "ERROR", "run_admin_server": False})
    datasource = SQLAlchemyDatasource.create(database)

    @datasource.transaction(isolation_level="READ COMMITTED")
    def step(order_id: str, sku: int, name: str) -> None:
        for statement, values in dict(steps_of(order_id, sku))[name]:
            named = in_schemas(statement, PREFIX)
            for number in range(len(values)):
                named = named.replace("%s", f":v{number}", 1)
            told = {f"v{number}": value for number, value in enumerate(values)}
            datasource.sql_session().execute(sqlalchemy.text(named), told)

    @DBOS.workflow()
    def fulfil(order_id: str, sku: int) -> None:
        for name in ("create", "reserve", "charge", "confirm"):
            step(order_id, sku, name)

    DBOS.launch()
    return lambda: fulfil(new_id(), any_sku())


@contextlib.contextmanager
def client(deed: Deed) -> Iterator[Deed]:
    yield deed


def main() -> None:
    logging.disable(logging.WARNING)
    make_tables(os.environ["DATABASE_URL"])
    deed = launched(os.environ["DATABASE_URL"])

    def go(*, clients: int, seconds: float) -> dict[str, Any]:
        done = run(lambda: client(deed), clients=clients, seconds=seconds)
        return asdict(done)

    obey(go)


if __name__ == "__main__":
    main()
