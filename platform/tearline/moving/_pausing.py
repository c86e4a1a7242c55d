"""Keeping everybody away from a place while its rows are moved: by asking them to, and then by force."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable, Iterator

from django.db import Error, OperationalError, connections, transaction

from tearline.databases._residence import ADVISORY_LOCK, LOOK_EVERY, lock_file
from tearline.moving._ends import FROM, TO, Refused

TRIES = 20
"""How often the lock is tried: whoever looks whether it is held may have it in passing."""

VANISHED = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
"""A machine that moves rows and vanishes has its session, and with it the pause, ended within twenty seconds."""

DEADLOCKS = 5
"""How often the tables are asked for, should somebody want them in another order."""

DEADLOCK = "40P01"  # an SQLSTATE


@contextlib.contextmanager
def paused(module: str) -> Iterator[None]:
    """Meanwhile nobody who looks uses either end. Raises Refused when somebody else is moving the module."""
    with contextlib.ExitStack() as held:
        for alias in (FROM, TO):
            held.enter_context(_locked(module, alias))
        yield


def wait_until_everybody_has_seen() -> None:
    """Whoever has looked just before may use the rows for so long."""
    time.sleep(LOOK_EVERY * 1.3)


def keep_writers_out(module: str, tables: Iterable[str]) -> None:
    """Until the open transaction of the place that is left ends, those too who have not looked. On SQLite it does by
    itself. Raises Refused when somebody does not stop writing."""
    connection = connections[FROM]
    if connection.vendor != "postgresql":
        return
    quoted = ", ".join(map(connection.ops.quote_name, tables))
    for left in reversed(range(DEADLOCKS)):
        try:
            with transaction.atomic(using=FROM), connection.cursor() as cursor:
                # Longer than a session may pause within a transaction: see `tearline.databases.postgresql.base`.
                cursor.execute("SET LOCAL lock_timeout = '25s'")
                cursor.execute(f"LOCK TABLE {quoted} IN SHARE ROW EXCLUSIVE MODE")
                return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != DEADLOCK or not left:
                raise Refused(f"somebody does not stop writing to {module}: {_in_a_line(error)}") from error


def _locked(module: str, alias: str) -> contextlib.AbstractContextManager[None]:
    return _lock_session(module, alias) if connections[alias].vendor == "postgresql" else _lock_file(module, alias)


@contextlib.contextmanager
def _lock_session(module: str, alias: str) -> Iterator[None]:
    """Ends with the session, which ends with this process."""
    with connections[alias].cursor() as cursor:
        for setting in VANISHED:
            cursor.execute(f"SET {setting}")
        cursor.execute(f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})")
        if cursor.fetchone() != (True,):
            raise _taken(module)
    try:
        yield
    finally:
        with contextlib.suppress(Error), connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")


@contextlib.contextmanager
def _lock_file(module: str, alias: str) -> Iterator[None]:
    handle = os.open(lock_file(str(connections[alias].settings_dict["NAME"])), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(handle, module)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, module: str) -> None:
    for _ in range(TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.02)
    raise _taken(module)


def _taken(module: str) -> Refused:
    return Refused(f"somebody else is moving {module}")


def _in_a_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
