"""Time as the database sees it: one clock for all who share it."""

from django.db.backends.base.base import BaseDatabaseWrapper


def now(connection: BaseDatabaseWrapper) -> str:
    """SQL for this moment, comparable to a DateTimeField's column. Stands in statements that take parameters.

    It stays the same for the length of a statement, so that PostgreSQL compares it within an index.
    """
    if connection.vendor == "postgresql":
        return "statement_timestamp()"
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"


def now_plus(connection: BaseDatabaseWrapper, seconds: str = "%s") -> str:
    """SQL for this moment and so many seconds more, which are its one parameter, or other SQL."""
    if connection.vendor == "postgresql":
        return f"statement_timestamp() + make_interval(secs => {seconds})"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', ({seconds}) || ' seconds')"
