"""What SQLite has in place of a connection that could break off: a COMMIT that ends with an error of the disk.

As with a network, nobody can tell from the error whether it was done. Happens to the process that asks for it.
"""

from itertools import count
from typing import Any

from django.db import OperationalError

from tearline.crash_points import reached
from tearline.databases.sqlite.base import DatabaseWrapper


def fail_at(which: str) -> None:
    """`unheard#12`: the 12th commit fails, and is not done; `unanswered#12`: it is done, and fails nevertheless.

    Every commit is a visit to the point `sqlite.commit`, and the one that fails one to `sqlite.failed` too.
    """
    fault, _, nth = which.partition("#")
    right: Any = DatabaseWrapper._commit
    commits = count(1)  # for all threads together

    def commit(connection: DatabaseWrapper) -> None:
        reached("sqlite.commit")
        if next(commits) != int(nth):
            right(connection)
            return
        reached("sqlite.failed")
        if fault == "unanswered":
            right(connection)
        raise OperationalError("disk I/O error")

    DatabaseWrapper._commit = commit  # type: ignore[method-assign, assignment]
