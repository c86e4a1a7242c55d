"""What this thread has open, and how it ends."""

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connections

LOCK_NOT_AVAILABLE = "55P03"  # an SQLSTATE

LAZILY = "SELECT set_config('synchronous_commit', 'off', true)"
"""On PostgreSQL, makes the transaction that it stands in one that nobody waits for until it is on the disk."""


def open_transactions() -> list[str]:
    """Aliases on which this thread has a transaction open, other than the one a TestCase wraps around a test."""
    return [
        connection.alias
        for connection in connections.all(initialized_only=True)
        # The same private mark that Django's durable blocks go by.
        if any(not block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined]
        or connection.is_open_by_hand  # type: ignore[attr-defined]  # ours know
    ]


def give_back_idle() -> None:
    """Let other threads have the pooled connections of this one that are in no transaction. Before a longer wait."""
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "give_back"):
            connection.give_back()


def give_back_wanted() -> None:
    """The same, of those connections that somebody waits for. Between two pieces of work."""
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "give_back_if_wanted"):
            connection.give_back_if_wanted()


def execute_at_commit(alias: str, statement: str, parameters: Sequence[Any], *, lazily: bool = False) -> None:
    """Execute a statement whose result nobody needs, as the last one of the transaction.

    On PostgreSQL it may travel along with COMMIT. One statement for each transaction at most, and none after it.
    `lazily`: nobody waits until the commit is on the disk. A crash of the server may undo it, and nothing that was
    committed before it on that server.
    """
    connection = connections[alias]
    if hasattr(connection, "leave_for_commit") and len(connection.atomic_blocks) == 1:
        connection.leave_for_commit(f"{LAZILY}; {statement}" if lazily else statement, parameters)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def waited_for_a_lock(error: OperationalError) -> bool:
    """Whether that is why a statement failed: somebody had for too long what it wanted. Never so on SQLite."""
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE
