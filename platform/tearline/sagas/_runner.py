"""Carries sagas on: a transaction that says what happened and what comes next, then the calls, then the next one."""

import contextvars
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections, transaction

from tearline.acting import acting_as
from tearline.crash_points import reached
from tearline.databases import wait_until_served
from tearline.models import SagaRow
from tearline.observability import resuming, watching
from tearline.sagas import _journal
from tearline.sagas._course import Call, Course, Happened
from tearline.sagas._journal import queue
from tearline.sagas._saga import Saga, SagaError, sagas
from tearline.work._carriers import carries
from tearline.work._queues import LeaseLost, unless_lost
from tearline.work._retry import default_retry

logger = logging.getLogger(__name__)


@carries(queue, may_wait=True)
def advance(alias: str, rows: Sequence[SagaRow]) -> None:
    """Carry sagas of a module that were claimed on until they rest or end."""
    for row in rows:
        reached("saga.claimed")
        with resuming(row.trace, module=alias, saga=row.name, subject=row.subject_id):
            _carry_on(alias, row)


def _carry_on(alias: str, row: SagaRow) -> None:
    try:
        with acting_as(alias), watching("saga", row.name, since=row.created_at) as watched:
            _go_on(alias, row, _saga_of(row))
            watched.outcome = str(row.state)
    except LeaseLost:
        logger.warning("%s of %s went on elsewhere", row.name, row.subject_id)
    except Exception as error:
        logger.exception("%s of %s cannot go on", row.name, row.subject_id)
        with unless_lost():
            _stumbled(alias, row, error)


def _saga_of(row: SagaRow) -> Saga[Any]:
    saga = sagas.get((row.name, row.version))
    if saga is None:
        raise SagaError(f"no saga is named {row.name}, version {row.version}")
    return saga


def _stumbled(alias: str, row: SagaRow, error: Exception) -> None:
    """The saga itself is at fault, or the database: no step's own failure comes here.

    A version that is not known here may be known to another process, while a newer one is being deployed.
    """
    retry = default_retry()
    if retry.exhausted(row.attempts):
        queue.park(alias, row, error=error)
    else:
        queue.retry_later(alias, row, error=error, wait=retry.wait(row.attempts))


def _go_on(alias: str, row: SagaRow, saga: Saga[Any]) -> None:
    """Raises LeaseLost: whoever has lost the run writes nothing."""
    course = Course(alias, row, saga, _journal.entries_of(alias, row))
    happened: list[Happened] = []
    while True:
        reached("saga.transaction")
        wait_until_served(alias)
        with transaction.atomic(using=alias, durable=True):
            _journal.hold(alias, row, got_on=bool(happened))
            calls = course.next(happened)
            reached("saga.commit")
        reached("saga.committed")
        if not calls:
            return
        happened = _all(calls)


def _all(calls: list[Call]) -> list[Happened]:
    """Make the calls, at the same time when there is more than one. With no transaction open."""
    if len(calls) == 1:
        return [_made(calls[0])]
    with ThreadPoolExecutor(len(calls), "saga-step") as threads:
        made = [threads.submit(contextvars.copy_context().run, _made_in_a_thread, call) for call in calls]
        return [each.result() for each in made]


def _made_in_a_thread(call: Call) -> Happened:
    try:
        return _made(call)
    finally:
        connections.close_all()


def _made(call: Call) -> Happened:
    try:
        call.make()
    except Exception as error:  # noqa: BLE001 - only a Refusal says that nothing happened
        logger.info("%s: %r", call.step.name, error)
        return Happened(call, error)
    else:
        return Happened(call, None)
    finally:
        reached("saga.called")
