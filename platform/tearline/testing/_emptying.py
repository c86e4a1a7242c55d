"""Deletes every row of every database, fast, so that the next test starts from nothing.

To look whether there is a row costs far less than to delete none, and most tests leave rows in few tables.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import connections, router
from psycopg import sql

KEPT = frozenset({"auth_permission", "django_content_type"})
"""Written by Django after migrating, and remembered by it in the process."""

LONG_AGO = 0
"""When an emptied file is said to have been written. Nothing that writes to it since can leave it at that."""

TablesByAlias = dict[str, list[str]]


def tables() -> TablesByAlias:
    """The tables of all installed models, by alias, as far as they have been migrated."""
    return {alias: sorted(_tables(alias)) for alias in connections}


def _tables(alias: str) -> set[str]:
    models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    wanted = {model._meta.db_table for model in models if router.allow_migrate_model(alias, model)}
    return wanted.intersection(connections[alias].introspection.table_names()) - KEPT


def empty_files(tables: TablesByAlias) -> None:
    """Empty SQLite's tables, in one transaction for each file."""
    for alias, names in tables.items():
        path = Path(connections.settings[alias]["NAME"])
        if _written(path):
            _empty_file(path, names)
            os.utime(path, (LONG_AGO, LONG_AGO))


def _written(path: Path) -> bool:
    """Whether anything was, since the file was emptied. What is not in it yet is in the log beside it."""
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_mtime != LONG_AGO or (log.exists() and log.stat().st_size > 0)


def _empty_file(path: Path, names: Iterable[str]) -> None:
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    # Keys are not checked on a connection that does not ask for it, so any order will do.
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        filled = file.execute(" UNION ALL ".join(looks)).fetchall()
        for (name,) in filled:
            file.execute(f'DELETE FROM "{name}"')


class Schemas:
    """PostgreSQL's tables, ledgers too."""

    def __init__(self, admin: psycopg.Connection[tuple[object, ...]], tables: TablesByAlias) -> None:
        self._admin = admin
        self._tables = [sql.Identifier(schema, name) for schema, name in _with_schemas(tables)]
        looks = (
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(number, table)
            for number, table in enumerate(self._tables)
        )
        self._look = sql.SQL(" UNION ALL ").join(looks)

    def empty(self) -> None:
        """Delete in one message, and so in one transaction."""
        filled = self._admin.execute(self._look, prepare=True)
        deletes = [sql.SQL("DELETE FROM {}").format(self._tables[int(str(number))]) for (number,) in filled]
        if deletes:
            self._admin.execute(sql.SQL("; ").join(deletes))


def _with_schemas(tables: TablesByAlias) -> Iterable[tuple[str, str]]:
    for alias, names in tables.items():
        for name in names:
            yield connections.settings[alias]["SCHEMA"], name
