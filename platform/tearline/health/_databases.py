"""What every request needs: databases that answer, and that know what the code knows."""

import time

from django.db import connections

from tearline.databases import unapplied
from tearline.health._checks import Checks


def databases() -> Checks:
    """A check for each, and one of the migrations of all."""
    checks: Checks = {}
    late: dict[str, list[str]] = {}
    for alias in connections:
        started = time.perf_counter()
        try:
            missing = unapplied(alias)
        except Exception as error:  # noqa: BLE001 - whatever keeps a database from answering, it does not answer
            checks[alias] = {"status": "failed", "error": type(error).__name__}
            connections[alias].close()
            continue
        checks[alias] = {"status": "ok", "ms": round((time.perf_counter() - started) * 1000, 1)}
        if missing:
            late[alias] = missing
    return checks | {"migrations": {"status": "failed", "unapplied": late} if late else {"status": "ok"}}
