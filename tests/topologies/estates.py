"""Databases that a process has for itself: no other process is given their addresses.

They are made once, with ten blue mugs and three gilded ones on the shelf, and copied for each process of each test.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.processes import ROOT

PLATFORM = "platform"


@dataclass(frozen=True)
class Mould:
    """A shop in one process, prepared and not open. `server`: the address of a PostgreSQL, or else they are files."""

    names: Sequence[str]
    folder: Path
    server: str | None
    environ: dict[str, str] = field(default_factory=dict)

    def fill(self) -> str:
        """Prepare the databases. An API key for them."""
        self.environ.update(self.environ_at(self.folder, "mould"))
        if self.server:
            for name in self.names:
                _make(self.server, f"mould_{name}")
        self._run("manage.py", "prepare")
        return self._run("-m", "tests.topologies.stocking").split()[-1]

    def copy(self, names: Sequence[str], folder: Path, owner: str) -> None:
        """Whoever is called `owner` has a copy of these databases, which `environ_at` leads to."""
        folder.mkdir(parents=True)
        for name in names:
            if self.server:
                _make(self.server, f"{owner}_{name}", like=f"mould_{name}")
            else:
                shutil.copy(self.folder / f"{name}.sqlite3", folder)

    def remove(self, names: Sequence[str], owner: str) -> None:
        if self.server:
            for name in names:
                _drop(self.server, f"{owner}_{name}")

    def environ_at(self, folder: Path, owner: str) -> dict[str, str]:
        """Where the databases of `owner` are: those of all names, as far as there are any."""
        places = {f"{name.upper()}_DATABASE_URL": f"{owner}_{name}" for name in self.names} if self.server else {}
        addresses = {variable: _beside(self.server or "", database) for variable, database in places.items()}
        return {"TEARLINE_VAR": str(folder), "DATABASE_URL": "", **addresses}

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        environ = os.environ | self.environ | {"TEARLINE_FACADES": "direct"}
        return subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def moulded(modules: Sequence[str], folder: Path, server: str | None) -> Iterator[tuple[Mould, str]]:
    """The mould, and an API key that is known wherever a copy of it is."""
    mould = Mould((PLATFORM, *modules), folder, server)
    with ExitStack() as stack:
        stack.callback(mould.remove, mould.names, "mould")
        yield mould, mould.fill()


def _make(server: str, database: str, *, like: str = "template0") -> None:
    _execute(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(like)))


def _drop(server: str, database: str) -> None:
    _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(statement)


def _beside(server: str, database: str) -> str:
    return urlsplit(server)._replace(path=f"/{database}").geturl()
