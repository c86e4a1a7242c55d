"""A cursor with which BEGIN travels along with the first statement of its transaction: one round trip, not two.

The connection stays in psycopg's autocommit mode throughout, and has a mark when a transaction is wanted.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, sql
from psycopg.pq import TransactionStatus


def want_transaction(connection: Connection[Any], wanted: bool) -> None:
    """Whether the connection's next statement shall begin a transaction, unless it is in one."""
    connection.transaction_wanted = wanted  # type: ignore[attr-defined]


_Cursor: Any = base.Cursor


class Cursor(_Cursor):  # type: ignore[misc]
    def execute(self, query: Any, params: Any = None, **told: Any) -> Any:
        if not self._is_first:
            return super().execute(query, params, **told)
        super().execute(_after_begin(query), params, **told)
        self.nextset()  # past the answer to BEGIN
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **told: Any) -> Any:
        if self._is_first:
            super().execute("BEGIN")
        return super().executemany(query, params_seq, **told)

    def copy(self, statement: Any, *args: Any, **told: Any) -> Any:
        if self._is_first:
            super().execute("BEGIN")
        return super().copy(statement, *args, **told)

    @property
    def _is_first(self) -> bool:
        wanted: bool = getattr(self.connection, "transaction_wanted", False)
        return wanted and self.connection.pgconn.transaction_status == TransactionStatus.IDLE


def _after_begin(query: Any) -> Any:
    if isinstance(query, bytes):
        return b"BEGIN; " + query
    return f"BEGIN; {query}" if isinstance(query, str) else sql.SQL("BEGIN; ") + query
