"""From one end to the other, by Django's fields, so that the engines may be different ones."""

from collections.abc import Iterator, Sequence

from django.db import connections
from django.db.models import AutoField, Model

from tearline.moving._ends import FROM, TO

BATCH = 1_000


def empty(models: Sequence[type[Model]]) -> None:
    """Delete what another move has left at the other end. In an open transaction."""
    connection = connections[TO]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def copy(model: type[Model]) -> int:
    """All rows as they are, with their ids. How many those were. In an open transaction of both ends."""
    count = 0
    for rows in _batches(model):
        _write(model, rows)
        count += len(rows)
    if isinstance(model._meta.pk, AutoField):
        set_next_id(TO, model, next_id(FROM, model))
    return count


def next_id(alias: str, model: type[Model]) -> int:
    """What the next row gets. More than the last one's when rows were deleted: no id ever comes twice."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value + is_called::int FROM {_sequence(alias, model)}")
        else:
            cursor.execute("SELECT seq + 1 FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        row = cursor.fetchone()
    return int(row[0]) if row else 1


def set_next_id(alias: str, model: type[Model], number: int) -> None:
    connection, table = connections[alias], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(%s, %s, false)", [_sequence(alias, model), number])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number - 1])


def _sequence(alias: str, model: type[Model]) -> str:
    """Its name, quoted."""
    table, column = connections[alias].ops.quote_name(model._meta.db_table), model._meta.pk.column
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
        (name,) = cursor.fetchone()
    return str(name)


def _batches(model: type[Model]) -> Iterator[list[Model]]:
    rows = model._base_manager.using(FROM).order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])


def _write(model: type[Model], rows: Sequence[Model]) -> None:
    """Raw, as fixtures are loaded: no field puts in a value of its own, such as the time."""
    fields = model._meta.local_concrete_fields
    size = connections[TO].ops.bulk_batch_size(fields, rows)
    target = model._base_manager.using(TO)
    for start in range(0, len(rows), size):
        target._insert(rows[start : start + size], fields=fields, using=TO, raw=True)  # type: ignore[attr-defined]
