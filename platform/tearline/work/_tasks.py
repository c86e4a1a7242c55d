"""Work that a module does after commit: whatever needs a provider, a facade, a mail server."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Generic, ParamSpec

from django.db import connections

from tearline.acting import acting_as, module_of
from tearline.crash_points import reached
from tearline.models import TaskRow
from tearline.observability import resuming, watching
from tearline.work._carriers import carries
from tearline.work._doorbell import ring_after_commit
from tearline.work._queues import Queue, unless_lost
from tearline.work._retry import default_retry, is_put_off

P = ParamSpec("P")
KIND = "tasks"

logger = logging.getLogger(__name__)
queue = Queue(KIND, TaskRow)
tasks: dict[str, "Task[...]"] = {}


class TaskError(Exception):
    """A task is declared or asked for in a way that cannot work."""


class Unknown(Exception):
    """No task has this name here. Tried again like any failure, as a process of a newer version may know it."""


class Task(Generic[P]):
    """A function that its module can ask for later, under a stable name."""

    def __init__(self, name: str, function: Callable[P, None], formerly: tuple[str, ...] = ()) -> None:
        self.name, self.function, self.formerly = name, function, formerly
        self.module = module_of(function.__module__)
        self.__doc__ = function.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it now."""
        self.function(*args, **kwargs)

    def later(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it once the open transaction of the module has committed. Raises TaskError when none is open."""
        self.after(timedelta(0), *args, **kwargs)

    def after(self, wait: timedelta, *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it when that much time has passed since the commit."""
        if kwargs:
            raise TaskError(f"{self.name}: give the arguments by position")
        if not connections[self.module].in_atomic_block:
            raise TaskError(f"{self.name} is asked for outside a transaction of {self.module}")
        row = {"name": self.name, "arguments": json.dumps(args)}
        queue.add(self.module, [row], wait=wait.total_seconds())
        ring_after_commit(KIND, self.module, wait=wait.total_seconds())


def task(name: str, *, formerly: tuple[str, ...] = ()) -> Callable[[Callable[P, None]], Task[P]]:
    """Make a function of JSON scalars a task, named `<module>.<deed>`; `formerly`: the names it had before.

    It is called with no transaction open, at least once, and again with backoff while it raises; when tries run out the
    row is parked with the error. So write it to be fit for repeating.
    """

    def register(function: Callable[P, None]) -> Task[P]:
        made = Task(name, function, formerly)
        for each in (name, *formerly):
            if _task_named(each) is not None:
                raise TaskError(f"two tasks are named {each}")
            if each.split(".")[0] != made.module:
                raise TaskError(f"task {each} belongs to {made.module} and must be named {made.module}.<deed>")
        tasks[name] = made
        return made

    return register


@carries(queue, may_wait=True)
def carry_out(alias: str, rows: Sequence[TaskRow]) -> None:
    """Do due tasks of a module that were claimed."""
    for row in rows:
        reached("task.claimed")
        with resuming(row.trace, module=alias, task=row.name, attempt=row.attempts), unless_lost():
            _carry_out(alias, row)


def _carry_out(alias: str, row: TaskRow) -> None:
    """Raises LeaseLost."""
    try:
        with acting_as(alias), watching("task", row.name):
            _known(row)(*json.loads(row.arguments))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and tried again
        _failed(alias, row, error)
    else:
        reached("task.done")
        queue.finish(alias, [row])
        reached("task.finished")


def _known(row: TaskRow) -> "Task[...]":
    known = _task_named(row.name)
    if known is None:
        raise Unknown(f"no task is named {row.name}")
    return known


def _task_named(name: str) -> "Task[...] | None":
    """Which has this name, or had it."""
    had_it = (task for task in tasks.values() if name in task.formerly)
    return tasks.get(name) or next(had_it, None)


def _failed(alias: str, row: TaskRow, error: Exception) -> None:
    retry = default_retry()
    logger.warning("task %s of %s failed, try %d: %s", row.name, alias, row.attempts, error)
    if is_put_off(error):
        queue.put_off(alias, row, error=error, wait=retry.wait(row.attempts, error))
    elif retry.exhausted(row.attempts) or isinstance(error, TaskError):
        queue.park(alias, row, error=error)
    else:
        queue.retry_later(alias, row, error=error, wait=retry.wait(row.attempts, error))
