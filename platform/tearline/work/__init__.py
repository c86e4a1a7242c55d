"""Durable work: rows that are due, claimed under a lease, tried again with backoff, parked when tries run out.

    @task("notifications.send")
    def send(notification_id: str) -> None: ...

    send.later(notification.id)      # in the module's open transaction; done after it commits

Outbox, inbox, tasks and sagas are all carried by this one mechanism. The database holds the work; a doorbell only says
that there is some, and a sweep finds what no bell rang for.
"""

from tearline.work._queues import LEASE, LeaseLost, Queue
from tearline.work._retry import Retry
from tearline.work._tasks import Task, TaskError, task
from tearline.work._worker import Worker, drain

__all__ = ["LEASE", "LeaseLost", "Queue", "Retry", "Task", "TaskError", "Worker", "drain", "task"]
