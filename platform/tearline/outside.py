"""The books of those who are simulated: kept in files of their own, `var/outside/`, as the outside world keeps its own.

They survive our rollbacks and our crashes, and tell checkers what really happened.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_one_writer = threading.Lock()
"""Threads that wait for a file of SQLite's look again and again, and the unlucky give up."""


@contextlib.contextmanager
def books_of(name: str, tables: str) -> Iterator[sqlite3.Connection]:
    """The books of that name, in a transaction of their own, for any number of threads and processes.

    `tables`: statements, apart by semicolons, that make what is not there yet.
    """
    path = Path(settings.VAR) / "outside" / f"{name}.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _one_writer, contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as books:
        books.execute("PRAGMA synchronous = OFF")  # outlives our process, if not the machine
        books.execute("BEGIN IMMEDIATE")
        with books:
            for statement in tables.split(";"):
                books.execute(statement)
            yield books
