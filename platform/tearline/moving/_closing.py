"""Marking what a place is, and closing for ever one that was left: whoever still writes there is refused by it."""

from collections.abc import Iterable

from django.db import connections
from django.db.models.functions import Now

from tearline.databases._residence import LEFT
from tearline.models import Residence

NAME = "tearline_left"
"""Of the function on PostgreSQL, and what triggers on SQLite begin with."""

OUT_OF_ORDER = "57P03"
"""What the database says to whoever writes there: the SQLSTATE `cannot_connect_now`, which Django knows as an
OperationalError, such as a database that does not answer."""


def is_known(alias: str) -> bool:
    """Whether it can be asked for its standing."""
    return Residence._meta.db_table in connections[alias].introspection.table_names()


def standing(alias: str) -> Residence | None:
    """What the place says of itself; None when it has never been part of a move."""
    return Residence.objects.using(alias).first()


def mark(alias: str, state: Residence.State, move: str) -> None:
    Residence.objects.using(alias).update_or_create(id=1, defaults={"state": state, "move": move, "since": Now()})


def close(alias: str, tables: Iterable[str]) -> None:
    """In an open transaction."""
    connection = connections[alias]
    statements = _postgresql(tables) if connection.vendor == "postgresql" else _sqlite(tables)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def reopen(alias: str) -> None:
    """A place to which the module comes back. In an open transaction."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {NAME}() CASCADE")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{NAME}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def _postgresql(tables: Iterable[str]) -> Iterable[str]:
    yield (
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS"
        f" 'BEGIN RAISE EXCEPTION ''{LEFT}'' USING ERRCODE = ''{OUT_OF_ORDER}''; END'"
    )
    for table in tables:
        yield (
            f'CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"'
            f" FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
        )


def _sqlite(tables: Iterable[str]) -> Iterable[str]:
    for table in tables:
        for deed in ("INSERT", "UPDATE", "DELETE"):
            yield (
                f'CREATE TRIGGER "{NAME}_{deed.lower()}_{table}" BEFORE {deed} ON "{table}"'
                f" BEGIN SELECT RAISE(ABORT, '{LEFT}'); END"
            )
