"""What every request needs: databases that answer, and that know what the code knows."""

import functools
import time
from typing import Any

from django.db import connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tearline.databases import refuse_if_lost
from tearline.health._checks import Checks


def databases() -> Checks:
    """A check for each, and one of the migrations of all."""
    checks: Checks = {}
    late: dict[str, list[str]] = {}
    for alias in connections:
        try:
            checks[alias], unapplied = look_into(alias)
        except Exception as error:  # noqa: BLE001 - whatever keeps a database from answering, it does not answer
            checks[alias], unapplied = {"status": "failed", "error": type(error).__name__}, []
            connections[alias].close()
        if unapplied:
            late[alias] = unapplied
    return checks | {"migrations": {"status": "failed", "unapplied": late} if late else {"status": "ok"}}


def look_into(alias: str) -> tuple[dict[str, Any], list[str]]:
    """That it answers, after how many milliseconds; and the migrations (`app.name`) that it has yet to see.

    Raises Moved when the rows are elsewhere.
    """
    refuse_if_lost(alias)
    started = time.perf_counter()
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    wanted = [(app, name) for app, name in written_migrations() if router.allow_migrate(alias, app)]
    unapplied = [f"{app}.{name}" for app, name in wanted if (app, name) not in applied]
    return {"status": "ok", "ms": milliseconds}, unapplied


@functools.cache
def written_migrations() -> tuple[tuple[str, str], ...]:
    """Every migration of every installed app. They do not change while a process runs."""
    return tuple(sorted(MigrationLoader(None).disk_migrations))
