"""Rows of due work, written and read by hand: many in one statement, at a fraction of what the ORM takes.

New rows travel as one JSON array, so that a statement is the same for any number of them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from tearline.models import DueWork
from tearline.work import _clock

R = TypeVar("R", bound=DueWork)

NEW = {"fence": "0", "attempts": "0", "error": "''"}
"""What every row begins with, besides its times. What is not named is null, or as the database has it."""

SELDOM_READ = frozenset(("due_at", "finished_at", "parked_at", "error", "tries", "discarded"))
"""What whoever works on a row seldom wants to know. Reading a time costs as much as reading all the rest."""


def insert(
    alias: str, model: type[DueWork], rows: Sequence[Mapping[str, Any]], *, wait: float, trace: str | None
) -> list[int]:
    """Write rows that are due in `wait` seconds, each given as its own fields by name. Their ids, in the same order."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        statement = _insert(connection, model, tuple(rows[0]))
        cursor.execute(f"{statement} RETURNING id", [wait, trace, json.dumps(rows)])
        return [row_id for (row_id,) in cursor.fetchall()]


def insert_unless_there(alias: str, model: type[DueWork], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that are due now, each with a `trace` of its own. Those that are there already stay as they are."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        statement = _insert(connection, model, tuple(rows[0]))
        cursor.execute(f"{statement} ON CONFLICT DO NOTHING", [0, None, json.dumps(rows)])


def read(alias: str, model: type[R], rows: Iterable[Sequence[Any]]) -> list[R]:
    """Rows from the values of `columns`."""
    return [model.from_db(alias, columns(model), values) for values in _converted(alias, model, list(rows))]


@cache
def columns(model: type[DueWork]) -> list[str]:
    """What is read of a row that is to be worked on. The rest is fetched when it is asked for."""
    return [field.attname for field in _fields(model)]


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if field.name not in SELDOM_READ]


def _insert(connection: BaseDatabaseWrapper, model: type[DueWork], names: tuple[str, ...]) -> str:
    """Its parameters: seconds, the trace, the rows."""
    columns = {
        "due_at": _clock.now_plus(connection),
        "trace": "%s",
        "created_at": _clock.now(connection),
        **NEW,
        **{name: name for name in names},
    }
    if "trace" in names:
        columns |= {"trace": "coalesce(%s, trace)"}
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
        f" FROM {_from_json(connection, model, names)} WHERE true"
    )


def _from_json(connection: BaseDatabaseWrapper, model: type[DueWork], names: tuple[str, ...]) -> str:
    """A table of these fields from a parameter that is a JSON array of objects."""
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{name} {model._meta.get_field(name).db_type(connection)}" for name in names)
        return f"json_to_recordset(%s) AS given ({typed})"
    extracted = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
    return f"(SELECT {extracted} FROM json_each(%s)) AS given"


def _converted(alias: str, model: type[models.Model], rows: list[Any]) -> Iterable[Any]:
    """Values as the model's fields have them: SQLite tells times as text."""
    if not rows or connections[alias].vendor == "postgresql":
        return rows
    compiler = model._default_manager.using(alias).query.get_compiler(using=alias)
    fields = _fields(model)
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
    converted: Iterable[Any] = compiler.apply_converters(rows, converters)
    return converted
