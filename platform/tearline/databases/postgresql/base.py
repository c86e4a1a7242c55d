"""Django's PostgreSQL, in which a thread keeps one idle connection at most.

Each database has a pool of its own, smaller than the number of threads. A thread that kept its connection to one
database while it waits for another's could wait for a thread that does the reverse. So before a thread takes a
connection, it gives back those that it has and that are in no transaction.
"""

from typing import Any

from django.db import connections
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        for other in connections.all(initialized_only=True):
            if other is not self and isinstance(other, DatabaseWrapper):
                other.give_back()
        return super().get_new_connection(conn_params)

    def give_back(self) -> None:
        """Let other threads use our connection, unless a transaction needs it."""
        if self.connection is not None and self.autocommit and not self.in_atomic_block:
            self.close()
