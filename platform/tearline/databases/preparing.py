"""Brings a database up to date: its tables and, on PostgreSQL, who may use them."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tearline.databases.provisioning import LOCK, grant, wait_for_lock


def prepare(alias: str, *, only: str | None = None) -> int:
    """Apply the migrations that this database lacks, of the apps that it keeps. Returns how many that were.

    `only`: the label of the one app whose tables are wanted. Safe to repeat, and to run twice at once. Runs as the
    database's owner where it has one.
    """
    serving = connections[alias].settings_dict
    with as_owner(alias) as connection, _one_at_a_time(connection):
        MigrationRecorder(connection).ensure_schema()
        before = _applied(connection)
        for label in [only] if only else _labels(alias):
            # By label, as otherwise all other apps would be recorded as applied here too.
            call_command("migrate", label, database=alias, verbosity=0, interactive=False, skip_checks=True)
        _grant(connection, serving)
        return _applied(connection) - before


def _labels(alias: str) -> list[str]:
    migrated = MigrationLoader(None).migrated_apps
    return sorted(label for label in migrated if router.allow_migrate(alias, label))


def _applied(connection: BaseDatabaseWrapper) -> int:
    return len(MigrationRecorder(connection).applied_migrations())


def _grant(connection: BaseDatabaseWrapper, serving: Mapping[str, Any]) -> None:
    if "OWNER" in serving:
        kept = (model for model in apps.get_models() if router.allow_migrate_model(connection.alias, model))
        grant(connection, app=serving["USER"], schema=serving["SCHEMA"], models=kept)


@contextlib.contextmanager
def as_owner(alias: str) -> Iterator[BaseDatabaseWrapper]:
    """This thread's connection, as the role that may change tables, and not from the pool."""
    connection = connections[alias]
    serving = connection.settings_dict
    options = {name: value for name, value in serving["OPTIONS"].items() if name != "pool"}
    connection.close()
    connection.settings_dict = serving | serving.get("OWNER", {}) | {"OPTIONS": options}
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict = serving


@contextlib.contextmanager
def _one_at_a_time(connection: BaseDatabaseWrapper) -> Iterator[None]:
    lock = _lock_postgresql if connection.vendor == "postgresql" else _lock_folder
    with lock(connection):
        yield


@contextlib.contextmanager
def _lock_postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:

        def attempt() -> object:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            return cursor.fetchone()

        wait_for_lock(attempt)
    # Given back by closing the connection, which happens even when the migrations broke it.
    yield


@contextlib.contextmanager
def _lock_folder(connection: BaseDatabaseWrapper) -> Iterator[None]:
    folder = Path(connection.settings_dict["NAME"]).parent
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
