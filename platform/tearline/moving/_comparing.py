"""Whether two ends hold the same: each is read by itself, from its tables."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connections
from django.db.models import AutoField, Count, DecimalField, IntegerField, Model, Sum
from django.db.models.fields import Field

from tearline.moving._copying import next_id
from tearline.moving._ends import FROM, NOT_COPIED, TO

BATCH = 2_000


@dataclass(frozen=True)
class Tally:
    """What a table holds: `checksum` does not depend on the order of its rows; `sums` are those of a ledger's columns,
    for each kind of line."""

    rows: int
    checksum: int
    next_id: int
    sums: Mapping[str, int] = field(default_factory=dict)


def tally(alias: str, model: type[Model]) -> Tally:
    rows = model._base_manager.using(alias).count()
    ids = next_id(alias, model) if isinstance(model._meta.pk, AutoField) else 0
    return Tally(rows, _checksum(alias, model), ids, dict(_sums(alias, model)))


def differences(models: Sequence[type[Model]]) -> Iterator[str]:
    """Sentences that name the table and what differs; none when all is the same."""
    for model in models:
        here, there = tally(FROM, model), tally(TO, model)
        if here != there:
            yield f"{model._meta.db_table}: {', '.join(_told(here, there))}"


def filled(alias: str, models: Sequence[type[Model]]) -> list[str]:
    """Their tables that hold rows, as far as they are there."""
    there = connections[alias].introspection.table_names()
    known = [model for model in models if model._meta.db_table in there]
    return [model._meta.db_table for model in known if model._base_manager.using(alias).exists()]


def homeless(models: Sequence[type[Model]]) -> list[str]:
    """Tables with rows that no installed model keeps, which nobody would copy."""
    connection = connections[FROM]
    tables = {*connection.introspection.table_names()} - NOT_COPIED - {model._meta.db_table for model in models}
    with connection.cursor() as cursor:
        return [table for table in sorted(tables) if _holds_any(cursor, connection.ops.quote_name(table))]


def _holds_any(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
    return cursor.fetchone() is not None


def _told(here: Tally, there: Tally) -> Iterator[str]:
    if here.rows != there.rows:
        yield f"{here.rows} rows here, {there.rows} there"
    for name in sorted({*here.sums, *there.sums}):
        if here.sums.get(name, 0) != there.sums.get(name, 0):
            yield f"the sum of {name} is {here.sums.get(name, 0)} here, {there.sums.get(name, 0)} there"
    if here.checksum != there.checksum and here.rows == there.rows:
        yield "some rows hold something else"
    if here.next_id != there.next_id:
        yield f"the next id is {here.next_id} here, {there.next_id} there"


def _checksum(alias: str, model: type[Model]) -> int:
    """The sum of the SHA-256 of all rows, modulo 2^128."""
    names = [each.attname for each in model._meta.local_concrete_fields]
    rows = model._base_manager.using(alias).order_by("pk").values_list("pk", *names)
    total, batch = 0, list(rows[:BATCH])
    while batch:
        total += sum(_digest(values) for _, *values in batch)
        batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])
    return total % 2**128


def _digest(values: Sequence[Any]) -> int:
    told = json.dumps(values, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:16], "big")


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)


def _sums(alias: str, model: type[Model]) -> Iterator[tuple[str, int]]:
    """Of a ledger: `amount of captured` and its sum."""
    if not getattr(model, "append_only", False):
        return
    kinds = [each.name for each in model._meta.local_concrete_fields if each.choices]
    columns = [each.name for each in model._meta.local_concrete_fields if _is_an_amount(each)]
    lines = model._base_manager.using(alias).order_by().values(*kinds) if kinds else None
    asked = {f"sum_{column}": Sum(column) for column in columns} | {"lines": Count("pk")}
    found = lines.annotate(**asked) if lines is not None else [model._base_manager.using(alias).aggregate(**asked)]
    for line in found:
        kind = " ".join(str(line[name]) for name in kinds)
        for column in columns:
            yield f"{column} of {kind}" if kind else column, line[f"sum_{column}"] or 0


def _is_an_amount(column: "Field[Any, Any]") -> bool:
    return isinstance(column, IntegerField | DecimalField) and not column.primary_key and not column.is_relation
