"""What a serving process does besides answering: work off what is due, and end in order.

A process that is told to end takes no new requests, answers the open ones, lets the worker finish what it has claimed,
and is gone. Every command that starts a process refuses one whose databases are not prepared.
"""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError, connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from tearline.work import Worker

DRAIN_SECONDS = 20


def work_alongside() -> Worker:
    """Start a worker in threads of this process. It drains when the process ends.

    The drain is a multiprocessing finalizer: it runs in the processes that granian forks or spawns, where `atexit` may
    not, and by `atexit` everywhere else.
    """
    worker = Worker()
    worker.start()
    Finalize(None, worker.stop, kwargs={"timeout": DRAIN_SECONDS}, exitpriority=100)
    return worker


def end_with_parent() -> None:
    """See to it that no server outlives the process that supervises it: drain as if told to when that one is killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def outlived() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=outlived, name="end-with-parent", daemon=True).start()


def refuse_unless_prepared() -> None:
    """Raises CommandError when a database cannot be reached or lacks migrations."""
    lacking = next(unprepared(), None)
    if lacking:
        raise CommandError(f"Not prepared ({lacking}). Run: python manage.py prepare")


def unprepared() -> Iterator[str]:
    """What is wrong with each database, one line each; nothing when all are reachable and migrated."""
    on_disk = MigrationLoader(None).disk_migrations.keys()
    for connection in connections.all():
        wanted = {key for key in on_disk if router.allow_migrate(connection.alias, key[0])}
        try:
            missing = wanted - MigrationRecorder(connection).applied_migrations().keys()
        except OperationalError as error:
            yield f"{connection.alias}: {error}".strip()
        else:
            if missing:
                yield f"{connection.alias}: {len(missing)} of {len(wanted)} migrations are missing"
        finally:
            connection.close()


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandError when another process listens there: granian would share port and requests with it."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what just ended does not count
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def when_listening(host: str, port: int, then: Callable[[], None]) -> None:
    """Call `then`, in a thread, as soon as something accepts connections there."""

    def watch() -> None:
        while True:
            try:
                socket.create_connection((host, port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return then()

    threading.Thread(target=watch, name="when-listening", daemon=True).start()


def welcome(url: str) -> str:
    """What to open and to try at this address, by settings.TEARLINE_WELCOME. In production just the address."""
    return import_string(settings.TEARLINE_WELCOME)(url) if settings.DEBUG else f"Serving {url}"
