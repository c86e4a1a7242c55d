"""What is put into Redis, and how: one queue for each module, one small message, nothing that could not be lost."""

from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Connection, Queue

DRAIN = "tearline.drain"
"""The one task: (module) -> None. Carries on what is due of the module."""

SWEEP = 0.5
"""Seconds after which beat rings for every module, so that work is found that nobody rang for, and the dead are."""

IN_TIME = {
    "socket_connect_timeout": 2.0,
    "socket_timeout": 2.0,
    "socket_keepalive": True,
    "health_check_interval": 5,
}
"""A Redis that has gone without a word is noticed within seconds; the defaults would wait for ever."""

# No fixups: Celery's own for Django would close every pool of connections before and after each task.
app = Celery("tearline", fixups=[])
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_transport_options=IN_TIME,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_queues=[Queue(module, routing_key=module) for module in settings.TEARLINE_TOPOLOGY.hosted],
    task_create_missing_queues=False,
    # Whatever dies with a message: the row is still due, and its claim is known to be a dead one's.
    task_acks_late=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,  # those that are acknowledged late: none
    worker_enable_prefetch_count_reduction=False,
    # A message that waits behind a busy worker is not seen by an idle one.
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    worker_consumer="tearline.wake_ups._working:LoneConsumer",
    worker_enable_remote_control=False,
    beat_scheduler="tearline.wake_ups._sweeping:Sweeper",
    beat_schedule={
        f"sweep {module}": {"task": DRAIN, "args": [module], "schedule": SWEEP}
        for module in settings.TEARLINE_TOPOLOGY.hosted
    },
)


class Messenger:
    """Puts a message into a module's queue, unless one lies there: whoever takes that one looks later than now."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._producer: Any = None

    def __call__(self, module: str) -> None:
        """Raises whatever keeps it from being sent, within seconds."""
        try:
            self._connect()
            if not self._producer.channel.queue_declare(queue=module).message_count:
                app.send_task(DRAIN, args=[module], queue=module, producer=self._producer, retry=False)
        except Exception:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """Until the next message."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.release()

    def _connect(self) -> None:
        if self._connection is None:
            self._connection = app.connection_for_write(self._url)
            self._producer = app.amqp.Producer(self._connection.channel())
