"""Bugs to plant in every process of a trial, each of a kind that only a fault brings to light: all must be noticed.

Each changes one thing, at a place that it names; what is not there any more, or is called otherwise, cannot be planted,
and fails. To add one, write it here and say in `test_planted` which scenario and which fault show it.
"""

import inspect
import os
import secrets
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models.functions import Now
from django.utils import timezone

from modules.orders.sagas import fulfil, give_up
from tearline import idempotency
from tearline.events import _inbox, _outbox, _publishing
from tearline.models import DueWork, OutboxRow, SagaRow
from tearline.sagas import _journal
from tearline.sagas._course import Course
from tearline.sagas._saga import Saga, Step
from tearline.work import _clock, _worker
from tearline.work._glances import glances
from tearline.work._liveness import Owner
from tearline.work._queues import Queue
from tests.faults import witness

Bug = Callable[[], None]
Entries = dict[_journal.Key, _journal.Entry]
BUGS: dict[str, Bug] = {}


def bug(plant: Bug) -> Bug:
    BUGS[plant.__name__] = plant
    return plant


def instead(place: Any, name: str) -> Callable[[Callable[..., Any]], None]:
    """Put a function in place of one that is there. It is given that one first, and called as that one is."""
    right = getattr(place, name)

    def plant(wrong: Callable[..., Any]) -> None:
        signature = inspect.signature(wrong)

        def planted(*given: Any, **named: Any) -> Any:
            try:
                signature.bind(right, *given, **named)
            except TypeError:
                traceback.print_exc()
                os._exit(1)  # the audit must not take this for the bug
            return wrong(right, *given, **named)

        setattr(place, name, planted)

    return plant


def commit_now(alias: str) -> None:
    """What was written so far is committed, whatever becomes of the open transaction, which goes on as another one."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")
        cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "SELECT 1")
        for savepoint in filter(None, connection.savepoint_ids):
            cursor.execute(f'SAVEPOINT "{savepoint}"')


# Sagas


@bug
def journal_before_the_call() -> None:
    """A remote step is journalled as done before anybody was asked."""

    @instead(_journal, "write")
    def hasty(write: Any, alias: str, run: int, entries: Entries, **named: bool) -> None:
        for entry in entries.values():
            entry.state = "done" if entry.state == "started" else entry.state
        write(alias, run, entries, **named)


@bug
def call_before_the_journal() -> None:
    """That a step was begun is not written down: who goes on does not know that something may have happened."""

    @instead(_journal, "write")
    def forgetful(write: Any, alias: str, run: int, entries: Entries, **named: bool) -> None:
        ended = {key: entry for key, entry in entries.items() if entry.state != "started"}
        if ended:
            write(alias, run, ended, **named)


@bug
def step_outside_its_transaction() -> None:
    """An order's own step is committed before its line in the journal is."""

    @instead(Step, "do")
    def hasty(do: Any, step: Step[Any], subject: Any) -> None:
        do(step, subject)
        if step.pivot:
            commit_now("orders")


@bug
def leave_the_unknown_as_it_is() -> None:
    """Only what is known to be done is undone, not what may have been."""

    @instead(Course, "_wants_undo")
    def sure(wants: Any, course: Course, step: Step[Any]) -> bool:
        return wants(course, step) and course.entries[step.name, "do"].state == "done"


@bug
def undo_from_the_top() -> None:
    """Steps are undone in the order in which they were done."""

    class NeverBackwards(list[Any]):
        def __getitem__(self, which: Any) -> Any:
            return list(self) if which == slice(None, None, -1) else super().__getitem__(which)

    assert isinstance(fulfil.steps, list)
    fulfil.steps = NeverBackwards(fulfil.steps)


@bug
def turn_back_past_the_pivot() -> None:
    """Whoever gives up what is confirmed has its fulfillment undone."""

    @instead(Saga, "start")
    def obedient(start: Any, saga: Saga[Any], subject: Any) -> None:
        if saga is not give_up:
            start(saga, subject)
            return
        SagaRow.objects.using("orders").filter(subject_id=subject.order_id).update(
            state="undoing", failure_code="orders.cancelled_on_request", finished_at=None, due_at=Now()
        )


@bug
def go_on_without_the_fence() -> None:
    """Whoever once held a run goes on with it, whoever holds it now."""

    @instead(_journal, "hold")
    def careless(hold: Any, alias: str, run: SagaRow, *, got_on: bool) -> None:
        run.fence = SagaRow.objects.using(alias).values_list("fence", flat=True).get(pk=run.pk)
        hold(alias, run, got_on=got_on)


# Commands


@bug
def forget_keys() -> None:
    """Every command is new, whether its key was used or not."""

    @instead(idempotency, "take")
    def anew(take: Any, scope: idempotency.Scope, fingerprint: str) -> Any:
        with connections[scope.database].cursor() as cursor:
            cursor.execute(
                "DELETE FROM tearline_command_key WHERE caller = %s AND operation = %s AND key = %s",
                [scope.caller, scope.operation, scope.key],
            )
        return take(scope, fingerprint)


@bug
def bury_nothing() -> None:
    """An undo leaves no tombstone: what comes late is done."""

    @instead(idempotency, "bury")
    def careless(_: Any, scope: idempotency.Scope) -> None:
        return


@bug
def answer_after_the_effect() -> None:
    """What a command does is committed before its key is answered."""

    @instead(idempotency, "answer")
    def late(answer: Any, standing: Any, told: str, **named: Any) -> None:
        commit_now(str(standing.row._state.db))
        answer(standing, told, **named)


@bug
def forget_refusals() -> None:
    """What was refused is decided anew."""

    @instead(idempotency, "answer")
    def forgetful(answer: Any, standing: Any, told: str, *, refused: bool) -> None:
        if not refused:
            answer(standing, told, refused=refused)


@bug
def charge_under_a_fresh_key() -> None:
    """The provider cannot tell a repeated charge from another one."""
    capture: Any = apps.get_model("payments", "Capture")
    assert isinstance(capture.provider_key, property)
    capture.provider_key = property(lambda _: secrets.token_hex(16))


# Events


@bug
def announce_after_the_commit() -> None:
    """An event is written down once what it tells of is committed: in between it can get lost."""

    def late(announce: Any, module: str, events: Sequence[Any]) -> None:
        def in_its_own_transaction() -> None:
            with transaction.atomic(using=module):
                announce(module, events)

        transaction.on_commit(in_its_own_transaction, using=module)

    instead(_publishing, "_outbox")(late)


@bug
def finish_before_delivery() -> None:
    """An event counts as delivered before it is."""

    @instead(_outbox, "_deliver")
    def hasty(deliver: Any, rows: Sequence[OutboxRow], *given: Any) -> Any:
        _outbox.queue.finish(str(rows[0]._state.db), rows)
        return deliver(rows, *given)


@bug
def deliver_again_and_again() -> None:
    """An inbox does not know what it has received before."""

    @instead(_inbox, "delivery")
    def unknown(delivery: Any, envelope: Any, listener: Any, **named: Any) -> Any:
        return delivery(envelope, listener, **named) | {"replay": secrets.token_hex(8)}


@bug
def read_past_the_uncommitted() -> None:
    """The relay remembers, in a row, the last event that it has seen, and looks for later ones only."""

    @instead(Queue, "claim")
    def later(claim: Any, queue: Queue[Any], alias: str, **named: Any) -> list[Any]:
        rows: list[Any] = claim(queue, alias, **named)
        if queue.name != "outbox" or not rows:
            return rows
        last = max((int(effect.detail) for effect in witness.effects(alias, "the relay")), default=0)
        if skipped := [row for row in rows if row.pk <= last]:
            queue.finish(alias, skipped)
        witness.note(alias, "seen", "", "the relay", str(max(row.pk for row in rows)))
        return [row for row in rows if row.pk > last]


@bug
def acknowledge_an_event_first() -> None:
    """An event counts as handled from the moment that somebody takes it up."""
    _acknowledge_first("inbox")


@bug
def effect_outside_the_transaction() -> None:
    """What a listener does is committed before the event counts as handled."""

    @instead(Queue, "finish")
    def late(finish: Any, queue: Queue[Any], alias: str, rows: Sequence[Any], **fields: str) -> None:
        if queue.name == "inbox":
            commit_now(alias)
        finish(queue, alias, rows, **fields)


@bug
def overtake_what_waits() -> None:
    """Events of one order are handled as they come, not one after the other."""
    assert _inbox.queue.position
    object.__setattr__(_inbox.queue, "position", None)


@bug
def swallow_what_cannot_be_heard() -> None:
    """An event that a listener cannot bear is dropped."""

    @instead(Queue, "park")
    def drop(_: Any, queue: Queue[Any], alias: str, row: DueWork, **named: Any) -> None:
        queue.finish(alias, [row])


# Work


@bug
def acknowledge_a_task_first() -> None:
    """A task counts as done from the moment that somebody takes it up."""
    _acknowledge_first("tasks")


def _acknowledge_first(name: str) -> None:
    finish = Queue.finish

    @instead(Queue, "claim")
    def hasty(claim: Any, queue: Queue[Any], alias: str, **named: Any) -> list[Any]:
        rows: list[Any] = claim(queue, alias, **named)
        if queue.name == name and rows:
            finish(queue, alias, rows)
        return rows

    @instead(Queue, "finish")
    def already(_: Any, queue: Queue[Any], alias: str, rows: Sequence[Any], **fields: str) -> None:
        if queue.name != name:
            finish(queue, alias, rows, **fields)


@bug
def finish_what_others_have() -> None:
    """Whoever has done a piece of work calls it finished, whosever it is by then."""

    @instead(Queue, "finish")
    def careless(_: Any, queue: Queue[Any], alias: str, rows: Sequence[Any], **fields: str) -> None:
        mine = queue.model._default_manager.using(alias).filter(pk__in=[row.pk for row in rows])
        mine.update(due_at=None, owner=None, finished_at=Now(), **fields)


@bug
def wait_for_the_bell() -> None:
    """Work is found when somebody rings for it, and in no other way."""

    @instead(_worker, "look_around")
    def look_away(_: Any, module: str, me: Owner) -> None:
        for glance in glances(module):
            _worker.bury_the_dead(glance, module, me)


@bug
def believe_the_dead_alive() -> None:
    """Nobody notices that a worker is gone; its lease has to run out."""

    @instead(Owner, "is_dead")
    def trusting(*_: Any) -> bool:
        return False


@bug
def go_by_the_own_clock() -> None:
    """What is due is told by this process's clock, not by the database's."""

    @instead(_clock, "now")
    def own(_: Any, connection: Any) -> str:
        told = timezone.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        return f"CAST('{told}+00' AS timestamptz)" if connection.vendor == "postgresql" else f"'{told}'"
