"""A Celery worker: it looks after the work of a module whenever it is woken for it.

By default it forks, and each child answers one wake-up at a time. What a child holds (connections, the lock that proves
it alive, the thread that rings) it makes for itself after the fork; the process that forked it holds nothing.
"""

import functools
import logging
from typing import TYPE_CHECKING, Any

import django
from celery import signals
from celery.worker.consumer import Consumer
from django.conf import settings
from django.db import connections

from tearline import observability
from tearline.wake_ups._messages import DRAIN, app

if TYPE_CHECKING:
    from tearline.work._visits import Visitor

TURN = 2.0
"""Seconds that one wake-up takes at most, plus the last piece of work. So all modules have their turn, and a worker
that is told to end need not wait long."""


@app.task(name=DRAIN)
def drain(module: str) -> None:
    """Carry on what is due of a module, and see to it that somebody comes again for what is due next."""
    from tearline.work._doorbell import doorbell
    from tearline.work._worker import SWEEP

    wait = _visitor().visit(module, seconds=TURN)
    if doorbell.far and wait < SWEEP:
        doorbell.far.ring(module, after=wait)


@functools.cache
def _visitor() -> "Visitor":
    from tearline.work._visits import Visitor

    return Visitor()


class LoneConsumer(Consumer):
    """Workers meet in the database and need not know of each other.

    Without this they would greet and watch each other over Redis, which is slow to start and a well-known way for them
    to fall silent when Redis comes back.
    """

    def __init__(self, *given: Any, worker_options: dict[str, Any], **named: Any) -> None:
        worker_options |= {"without_mingle": True, "without_gossip": True, "without_heartbeat": True}
        named["worker_options"] = worker_options
        super().__init__(*given, **named)


@signals.import_modules.connect
def load_the_apps(**_: Any) -> None:
    django.setup()


@signals.setup_logging.connect
def leave_logging_to_django(**_: Any) -> None:
    """But for what Celery would tell of every single wake-up, twice."""
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


@signals.worker_init.connect
def refuse_what_cannot_work(**_: Any) -> None:
    """Ends the process when there is no Redis to listen to, or a database is not prepared."""
    from django.core.management import CommandError

    from tearline.prepared import refuse_unless_prepared

    if not settings.REDIS_URL:
        raise SystemExit("REDIS_URL must be given. Without Redis, run: python manage.py worker")
    try:
        refuse_unless_prepared()
    except CommandError as error:
        raise SystemExit(str(error)) from error
    finally:
        _close_everything()


@signals.worker_init.connect
def count_together(**_: Any) -> None:
    """The children work and count; this process, which forks them, is asked how much it was."""
    if settings.TEARLINE_METRICS_LISTEN:
        observability.count_together()


@signals.worker_ready.connect
def answer_for_the_children(**_: Any) -> None:
    """But not of rows: that would take connections, and a child may be forked at any time."""
    if settings.TEARLINE_METRICS_LISTEN:
        observability.listen(settings.TEARLINE_METRICS_LISTEN, rows=False)


def _close_everything() -> None:
    """Neither a connection nor a pool with its threads survives a fork."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def leave(**_: Any) -> None:
    """Let go of what this process holds, and ring for what it leaves behind."""
    from tearline.work._doorbell import doorbell

    _visitor().leave()
    observability.flush_traces()
    if doorbell.far:
        doorbell.far.flush(1.0)
