"""Telling at once that a worker is dead, so that nobody waits for its leases to end.

While a process works it holds a lock that dies with it: on a file beside the SQLite databases, or an advisory lock of
a PostgreSQL session of its own. Whoever can take that lock knows that the owner is gone. Where the lock cannot tell
(another host without the file), the lease is the fallback.
"""

import contextlib
import fcntl
import os
import secrets
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections


class Owner:
    """This process as the holder of leases, known by `name` for as long as it lives."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(6)}"
        self._file: int | None = None
        self._sessions: dict[tuple[Any, ...], psycopg.Connection[Any]] = {}
        self._holding = threading.Lock()

    def hold(self, aliases: Iterable[str]) -> None:
        """Take the locks that prove this process alive, before the first claim. Repeat it, as a session may break."""
        for alias in aliases:
            with self._holding:
                self._hold(alias)

    def hold_where_needed(self, alias: str) -> None:
        """Take the lock where rows are about to be claimed, unless it is held there, as its module may have moved."""
        if _is_postgresql(alias) and _place(alias) not in self._sessions:
            self.hold([alias])

    def _hold(self, alias: str) -> None:
        if _is_postgresql(alias):
            self._hold_session(alias)
        elif self._file is None:
            self._file = os.open(_lock_file(self.name), os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        """No row is claimed any more."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        if self._file is not None:
            _lock_file(self.name).unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def is_dead(self, owner: str, alias: str) -> bool:
        """Whether it is certain that another owner's process has ended."""
        if owner == self.name:
            return False
        if _is_postgresql(alias):
            return self._session_is_gone(owner, alias)
        return _file_is_free(owner)

    def _hold_session(self, alias: str) -> None:
        place = _place(alias)
        session = self._sessions.get(place)
        if session is None or not _answers(session):
            connections[alias].ensure_connection()  # it may have to follow its module first
            parameters: dict[str, Any] = connections[alias].get_connection_params()
            session = psycopg.connect(**parameters | {"autocommit": True})
            # Shared: the same database may be known by two addresses, and then the lock is held in two sessions.
            session.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 1))", [self.name])
            self._sessions[place] = session

    def _session_is_gone(self, owner: str, alias: str) -> bool:
        session = self._sessions[_place(alias)]
        answer = session.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [owner]).fetchone()
        if answer is None or not answer[0]:
            return False
        session.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [owner])
        return True


def _is_postgresql(alias: str) -> bool:
    return connections[alias].vendor == "postgresql"


def _place(alias: str) -> tuple[Any, ...]:
    told = connections.settings[alias]
    return told["HOST"], told["PORT"], told["NAME"]


def _answers(session: psycopg.Connection[Any]) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.Error:
        session.close()
        return False
    return True


def _lock_file(owner: str) -> Path:
    folder = Path(settings.VAR) / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{owner.replace(':', '-')}.lock"


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR)
    try:
        yield handle
    finally:
        os.close(handle)


def _file_is_free(owner: str) -> bool:
    if owner.split(":")[0] != socket.gethostname():
        return False
    path = _lock_file(owner)
    try:
        with _opened(path) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            return True
    except FileNotFoundError:
        return True  # released in good order, its leases left over
    except BlockingIOError:
        return False
