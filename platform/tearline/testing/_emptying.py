"""Deletes every row of every database, fast, so that the next test starts from nothing."""

from collections.abc import Iterable

import psycopg
from django.apps import apps
from django.db import connections, router, transaction
from psycopg import sql

KEPT = frozenset({"auth_permission", "django_content_type"})
"""Written by Django after migrating, and remembered by it in the process."""

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
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            for name in names:
                cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(name)}")


def empty_schemas(admin: psycopg.Connection[tuple[object, ...]], tables: TablesByAlias) -> None:
    """Empty PostgreSQL's tables, ledgers too, in one message and so in one transaction."""
    statements = sql.SQL("; ").join(
        sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, name)) for schema, name in _with_schemas(tables)
    )
    admin.execute(statements)


def _with_schemas(tables: TablesByAlias) -> Iterable[tuple[str, str]]:
    for alias, names in tables.items():
        for name in names:
            yield connections.settings[alias]["SCHEMA"], name
