"""What a serving process does besides answering: work off what is due, and end in order.

A process that is told to end says at /health/ready that it is leaving, and answers for TEARLINE_LEAVE_SECONDS whoever
has not heard of that. Then it takes no new requests, answers the open ones, lets the worker finish what it has claimed,
and is gone. Ctrl-C spares the wait.
"""

import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from django.conf import settings
from django.core.management import CommandError

from tearline.dotted_paths import named
from tearline.health import leaving
from tearline.work import Worker

DRAIN_SECONDS = 20
TURN_SECONDS = 0.001
ENDINGS = {signal.SIGINT, signal.SIGTERM}


def work_alongside() -> Worker:
    """Start a worker in threads of this process. It drains when the process ends.

    The drain is a multiprocessing finalizer: it runs in the processes that granian forks or spawns, where `atexit` may
    not, and by `atexit` everywhere else.
    """
    worker = Worker()
    Finalize(None, worker.stop, kwargs={"timeout": DRAIN_SECONDS}, exitpriority=100)  # first, as starting takes a while
    worker.start()
    return worker


def take_short_turns() -> None:
    """Have threads let go of the interpreter after a millisecond, not five, when others want it.

    A refusal needs it for a tenth of that, and waits for all threads that carry out requests before it has its turn.
    """
    sys.setswitchinterval(TURN_SECONDS)


def end_when_told() -> None:
    """In a process that granian has started: end in order when told to, or when whoever started it is killed.

    A terminal's Ctrl-C reaches such a process too, and then granian tells it again: hearing it twice, granian's worker
    may hang. So one thread hears all, from the first moment on, and passes on one.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    _in_thread(_pass_on_one)
    _in_thread(lambda: _outlive(parent.sentinel))


def _pass_on_one() -> None:
    if signal.sigwait(ENDINGS) == signal.SIGTERM:
        leaving.set()
        signal.sigtimedwait(ENDINGS, settings.TEARLINE_LEAVE_SECONDS)  # whoever tells it twice is in a hurry
    while not callable(end := signal.getsignal(signal.SIGTERM)):
        time.sleep(0.05)  # granian is still starting
    end(signal.SIGTERM, None)


def _outlive(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandError when nobody can listen there, or somebody does: granian would share port and requests."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what just ended does not count
            probe.bind(address)
    except OSError as error:
        raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def allow_open_files() -> None:
    """As many as the system lets us: a thousand connections, and each thread's SQLite files, are more than is usual."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def when_listening(host: str, port: int, then: Callable[[], None]) -> None:
    """Call `then`, in a thread, as soon as something accepts connections there."""

    def watch() -> None:
        while not _accepts(host, port):
            time.sleep(0.05)
        then()

    _in_thread(watch)


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _in_thread(deed: Callable[[], None]) -> None:
    threading.Thread(target=deed, daemon=True).start()


def welcome(url: str) -> str:
    """What to open and to try at this address, by settings.TEARLINE_WELCOME. In production, or without, who serves."""
    if settings.DEBUG and settings.TEARLINE_WELCOME:
        return str(named(setting="TEARLINE_WELCOME")(url))
    return f"Serving {', '.join(settings.TEARLINE_TOPOLOGY.hosted)} on {url}"
