"""What this SQLite is able to do, without opening a database to find out."""

import sqlite3
from contextlib import closing

from django.db.backends.sqlite3 import features
from django.utils.functional import cached_property


class DatabaseFeatures(features.DatabaseFeatures):
    @cached_property
    def supports_json_field(self) -> bool:  # type: ignore[override]
        """Asked in memory: from Django 6.1 on each check of the models asks, and would make the files not yet there."""
        with closing(sqlite3.connect(":memory:")) as memory:
            try:
                memory.execute("SELECT json('{}')")
            except sqlite3.OperationalError:
                return False
        return True
