"""The database's own limit: the five statements as one pgbench script, all in one transaction, no engine at all."""

import subprocess
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.closed_loop import Run
from benchmarks.orders.statements import TABLES, in_schemas
from benchmarks.server import Server

PREFIX = "pgbench_"

SCRIPT = r"""
\set sku random(1, 1000)
\set order_id random(1, 9000000000000000000)
BEGIN;
INSERT INTO pgbench_orders.bench_order (id, sku, status) VALUES (CAST(:order_id AS text), :sku, 'pending');
INSERT INTO pgbench_inventory.bench_reservation (order_id, sku) VALUES (CAST(:order_id AS text), :sku);
UPDATE pgbench_inventory.bench_stock SET on_hand = on_hand - 1 WHERE sku = :sku;
INSERT INTO pgbench_payments.bench_charge (order_id, amount) VALUES (CAST(:order_id AS text), 100);
UPDATE pgbench_orders.bench_order SET status = 'confirmed' WHERE id = CAST(:order_id AS text);
COMMIT;
"""


def make_tables(admin: "psycopg.Connection[Any]") -> None:
    admin.execute("CREATE SCHEMA pgbench_orders; CREATE SCHEMA pgbench_inventory; CREATE SCHEMA pgbench_payments")
    admin.execute(in_schemas(TABLES, PREFIX).encode())


def go(server: Server, *, clients: int, seconds: float) -> Run:
    """Latencies by pgbench's own log of transactions."""
    script, log = server.folder / "order.pgbench", server.folder / "pgbench-log"
    script.write_text(SCRIPT)
    subprocess.run(
        [
            *(server.programs / "pgbench", "--no-vacuum", "--protocol=prepared", "--log", f"--log-prefix={log}"),
            *(f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={max(round(seconds), 1)}"),
            *("-h", server.socket, "-U", "postgres", "-f", script, "postgres"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    took = [took for path in _logs(log) for took in _milliseconds(path)]
    return Run(max(round(seconds), 1), took, done=len(took))


def _logs(prefix: Path) -> list[Path]:
    return list(prefix.parent.glob(f"{prefix.name}.*"))


def _milliseconds(log: Path) -> list[float]:
    """The third column is microseconds."""
    lines = log.read_text().splitlines()
    log.unlink()
    return [int(line.split()[2]) / 1000 for line in lines]
