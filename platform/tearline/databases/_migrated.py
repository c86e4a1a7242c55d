"""Whether a database knows all that the code knows."""

import functools

from django.db import connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tearline.databases._residence import refuse_if_lost


def unapplied(alias: str) -> list[str]:
    """The migrations (`app.name`) that this database has yet to see.

    Raises Moved when the rows are elsewhere, and whatever keeps the database from answering.
    """
    refuse_if_lost(alias)
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    wanted = (each for each in written_migrations() if router.allow_migrate(alias, each[0]))
    return [".".join(each) for each in wanted if each not in applied]


@functools.cache
def written_migrations() -> tuple[tuple[str, str], ...]:
    """Every migration of every installed app, (app, name). They do not change while a process runs."""
    return tuple(sorted(MigrationLoader(None).disk_migrations))
