"""Django's PostgreSQL, with few connections and few round trips.

Each database has a pool of its own, smaller than the number of threads. A thread keeps the connections that it has used
until it rests, as fetching one costs more than most statements. But a thread that kept its connection to one database
while it waits for another's could wait for a thread that does the reverse. So whoever has to wait for a connection
first gives back those that it has and that are in no transaction.

Nobody waits without end for a process that hangs: see LIMITS. Migrations, which do not use the pool, have none.

A transaction begins along with its first statement, and what is left for the commit goes along with that: see
`tearline.databases.execute_at_commit`.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg.errors import UndefinedTable
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from tearline.databases._residence import ADVISORY_LOCK, Seen, follow, opened
from tearline.databases._transactions import give_back_idle
from tearline.databases.postgresql._cursor import Cursor, want_transaction
from tearline.databases.postgresql._pool import Pool

OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)

PATIENCE = 0.05
"""Seconds for which a thread waits for a connection without giving back what it has: enough to make one."""

LIMITS = "-c lock_timeout=2s -c idle_in_transaction_session_timeout=20s"
"""A statement fails that waits longer for a lock, and a session ends that pauses longer within a transaction, so that
what it has locked is free before its leases run out. An address with `options` of its own has the last word.
"""


_LOOK = f"""
    SELECT state, move, extract(epoch FROM clock_timestamp() - since), EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND (classid, objid, objsubid) = ({ADVISORY_LOCK}, 2)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    FROM (VALUES (1)) AS one LEFT JOIN tearline_residence ON true
"""


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self._at_commit: tuple[str, Sequence[Any]] | None = None

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools: dict[str, Pool] = self._connection_pools  # type: ignore[attr-defined]
        if self._pool_name not in pools:
            configure = self._configure_connection  # type: ignore[attr-defined]
            parameters = self.get_connection_params()
            parameters["options"] = f"{LIMITS} {parameters.get('options', '')}"
            pools.setdefault(self._pool_name, Pool(kwargs=parameters, configure=configure, **options))
        return pools[self._pool_name]

    @property
    def _pool_name(self) -> str:
        """One for each place, as a module may move to another one."""
        told = self.settings_dict
        return f"{self.alias} at {told['HOST']}:{told['PORT']}/{told['NAME']}"

    def close_pool(self) -> None:
        pool = self._connection_pools.pop(self._pool_name, None)  # type: ignore[attr-defined]
        if pool is not None:
            pool.close()

    def connect(self) -> None:
        super().connect()
        opened(self)

    def ensure_connection(self) -> None:
        follow(self)
        super().ensure_connection()

    def seen(self) -> Seen:
        try:
            state, move, age, moving = self.connection.execute(_LOOK).fetchone()
        except UndefinedTable:
            return Seen()  # nobody has prepared it yet
        return Seen(state, move, float(age), moving) if state else Seen(moving=moving)

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters | {"cursor_factory": Cursor, "autocommit": True}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """At once, or after giving back all that this thread can spare. Raises PoolTimeout."""
        if self.pool is None:
            return super().get_new_connection(conn_params)
        self.pool.open()
        if self.pool.has_one_to_spare:
            try:
                return self.pool.getconn(timeout=PATIENCE)
            except PoolTimeout:
                pass  # somebody was faster, or the server is slow today
        give_back_idle()
        return self.pool.getconn()

    def give_back(self) -> None:
        """Let other threads use our connection, unless a transaction needs it."""
        if self.connection is not None and self.autocommit and not self.in_atomic_block:
            self.close()

    def give_back_if_wanted(self) -> None:
        """The same, if somebody waits for one."""
        if self.connection is not None and self.pool is not None and self.pool.somebody_waits:
            self.give_back()

    @property
    def is_open_by_hand(self) -> bool:
        """Whether autocommit was switched off, or a BEGIN was written out: psycopg knows, and asks nobody.

        What was cut off is over.
        """
        if self.connection is None or self.connection.closed or self.in_atomic_block:
            return False
        return not self.autocommit or self.connection.info.transaction_status in OPEN

    def leave_for_commit(self, statement: str, parameters: Sequence[Any]) -> None:
        """Have it executed along with the commit of the transaction, which is in its outermost block."""
        self._at_commit = (statement, parameters)

    def _set_autocommit(self, autocommit: bool) -> None:
        want_transaction(self.connection, not autocommit)

    def _commit(self) -> None:
        left, self._at_commit = self._at_commit, None
        if left is None:
            super()._commit()  # type: ignore[misc]
            return
        statement, parameters = left
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(f"{statement}; COMMIT", parameters)

    def _rollback(self) -> None:
        self._at_commit = None
        super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self._at_commit = None
        if self.connection is not None:
            want_transaction(self.connection, False)
        super()._close()  # type: ignore[misc]
