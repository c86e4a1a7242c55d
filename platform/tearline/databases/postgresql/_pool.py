"""A pool that knows when it has a connection to spare, and looks only at connections that have rested for a while."""

import time
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

RESTED = 1.0
"""Seconds after which a connection may have died unseen. Whoever meets a dead one before that gets its error."""


class Pool(ConnectionPool[Connection[Any]]):
    def __init__(self, **told: Any) -> None:
        super().__init__(open=False, check=_check_if_rested, **told)

    @property
    def has_one_to_spare(self) -> bool:
        """Whether a connection is there, or may yet be made. Somebody else may be faster."""
        return bool(self._pool) or self._nconns < self._max_size

    @property
    def somebody_waits(self) -> bool:
        return bool(self._waiting)

    def putconn(self, conn: Connection[Any]) -> None:
        conn.rested_since = time.monotonic()  # type: ignore[attr-defined]
        super().putconn(conn)


def _check_if_rested(connection: Connection[Any]) -> None:
    if time.monotonic() - getattr(connection, "rested_since", 0.0) > RESTED:
        Pool.check_connection(connection)
