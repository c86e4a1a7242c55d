"""Recovery: from SIGKILL of a process that holds work until another live one has begun it anew.

Two workers live at any time. A task is held by whichever claimed it; that one is killed, and the other's database clock
tells when it took over. The dead one's place is taken by a fresh process, forked from this one, which has everything
imported and nothing opened.

    python -m benchmarks.recovery      # takes orders from its input, a line of JSON each
"""

import os
import random
import signal
import threading
import time
from typing import Any

import django
import psycopg

from benchmarks.children import child, obey
from benchmarks.server import Server

HELD_LONG = 600.0  # seconds
PATIENCE = 40.0  # seconds: longer than a lease
LOOK_AGAIN = 0.005  # seconds

TABLE = """
    CREATE TABLE notifications.bench_holding (
        task integer NOT NULL, pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
    GRANT ALL ON notifications.bench_holding TO notifications_app;
"""
HAVE_HELD = """INSERT INTO notifications.tearline_task
    (name, arguments, due_at, fence, attempts, error, created_at) VALUES (%s, %s, now(), 0, 0, '', now())"""


def measure(server: Server, *, kills: int) -> list[float]:
    """Milliseconds, for each kill."""
    with server.connect() as admin:
        admin.execute(TABLE)
    with child("benchmarks.recovery", server.environ) as killing:
        took: list[float] = killing.ask(kills=kills)
        return took


def kill_again_and_again(*, kills: int) -> list[float]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        workers = {_forked_worker(), _forked_worker()}
        try:
            return [_time_a_kill(database, workers, number) for number in range(kills)]
        finally:
            for pid in workers:
                _kill(pid)


def _time_a_kill(database: "psycopg.Connection[Any]", workers: set[int], number: int) -> float:
    database.execute(HAVE_HELD, ["notifications.bench_hold", f"[{number}]"])
    holder, _ = _holding(database, number, count=1)[-1]
    time.sleep(random.uniform(0.2, 1.2))
    killed_at = time.time()
    _kill(holder)
    _, taken_over_at = _holding(database, number, count=2)[-1]
    workers.remove(holder)
    workers.add(_forked_worker())
    return (taken_over_at - killed_at) * 1000


def _holding(database: "psycopg.Connection[Any]", number: int, *, count: int) -> list[tuple[int, float]]:
    """Who has begun the task, and when, as soon as there are so many. Raises TimeoutError.

    The database is on this machine, so its clock is ours.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        rows = database.execute(
            "SELECT pid, extract(epoch FROM at)::float FROM notifications.bench_holding WHERE task = %s ORDER BY at",
            [number],
        ).fetchall()
        if len(rows) >= count:
            return rows
        time.sleep(LOOK_AGAIN)
    raise TimeoutError(f"task {number} was not begun {count} times")


def _forked_worker() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _work()
        finally:
            os._exit(1)
    return pid


def _work() -> None:
    """Until killed."""
    from tearline.work import Worker

    Worker().start()
    threading.Event().wait()


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _declare() -> None:
    from django.db import close_old_connections, connections

    from tearline.testing import written_in
    from tearline.work import task

    @task("notifications.bench_hold")
    @written_in("notifications.services")
    def hold(number: int) -> None:
        """The first one holds it until it is killed."""
        with connections["notifications"].cursor() as cursor:
            cursor.execute("INSERT INTO notifications.bench_holding (task, pid) VALUES (%s, %s)", [number, os.getpid()])
            cursor.execute("SELECT count(*) FROM notifications.bench_holding WHERE task = %s", [number])
            (tries,) = cursor.fetchone()
        close_old_connections()
        if tries == 1:
            time.sleep(HELD_LONG)


if __name__ == "__main__":
    django.setup()
    _declare()
    obey(kill_again_and_again)
