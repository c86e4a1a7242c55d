"""How many rows a module has, how fast they come, and what their tables take."""

from datetime import datetime

from django.db import connections
from django.db.models import DateTimeField, Model
from django.utils import timezone

from tearline.moving._ends import models_of
from tearline.readiness._report import Table


def tables_of(module: str, *, since: datetime) -> dict[str, Table]:
    """By name, those that would go along. The platform's work rows are among them."""
    return {model._meta.db_table: _table(model, module, since) for model in models_of(module)}


def _table(model: type[Model], module: str, since: datetime) -> Table:
    rows, made_at = model._default_manager.using(module), _made_at(model)
    return Table(
        rows=rows.count(),
        recent=rows.filter(**{f"{made_at}__gte": since}).count() if made_at else None,
        bytes=_bytes(module, model._meta.db_table),
    )


def _made_at(model: type[Model]) -> str | None:
    """The column that says when a row was made: the first that is filled in with the time of day by itself."""
    for field in model._meta.concrete_fields:
        if isinstance(field, DateTimeField) and (field.auto_now_add or field.default is timezone.now):
            return field.name
    return None


def _bytes(module: str, table: str) -> int | None:
    connection = connections[module]
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(to_regclass(%s))", [table])
        (size,) = cursor.fetchone()
    return int(size)
