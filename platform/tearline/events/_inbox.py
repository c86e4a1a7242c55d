"""From a module's inbox to its handlers, whose effects commit together with the inbox rows."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import zip_longest

from django.db import transaction

from tearline.acting import acting_as
from tearline.crash_points import reached
from tearline.databases import wait_until_served
from tearline.events import _upcasting
from tearline.events._envelope import Envelope
from tearline.events._events import Event
from tearline.events._listeners import Announced, Fold, Listener, listener_named
from tearline.models import InboxRow
from tearline.observability import resuming, together
from tearline.work._carriers import carries
from tearline.work._queues import LeaseLost, Queue, unless_lost
from tearline.work._retry import default_retry

KIND = "inbox"
BATCH = 100

logger = logging.getLogger(__name__)
queue = Queue(KIND, InboxRow, position="position")


Delivery = Mapping[str, str | int | None]
"""The fields of an InboxRow."""


def delivery(envelope: Envelope, listener: Listener, *, replay: str = "") -> Delivery:
    """An announced event as this listener receives it: by itself, or in a replay of that name."""
    return {
        "listener": listener.name,
        "event_id": envelope.event_id,
        "topic": envelope.topic,
        "stream": listener.stream(envelope.aggregate),
        "position": envelope.position,
        "payload": envelope.payload,
        "replay": replay,
        "trace": envelope.trace,
    }


class Unknown(Exception):
    """No handler has this name here, or no event this topic. Tried again, as a process of a newer version may know."""


class Undeliverable(Exception):
    """The event cannot be read. The row is parked, never dropped."""


@carries(queue, may_wait=False, batch=BATCH)
def handle(alias: str, rows: Sequence[InboxRow]) -> None:
    """Handle rows of a module's inbox that were claimed."""
    reached("inbox.claimed")
    with unless_lost():
        if len(rows) == 1 or not _all_handled(alias, rows):
            _handle_singly(alias, rows)
    reached("inbox.finished")


def _all_handled(alias: str, rows: Sequence[InboxRow]) -> bool:
    """Raises LeaseLost."""
    try:
        _handle_together(alias, rows)
    except LeaseLost:
        raise
    except Exception:  # noqa: BLE001 - one of them failed: which one, and why, is found out by trying each alone
        return False
    return True


def _handle_together(alias: str, rows: Sequence[InboxRow]) -> None:
    """By aggregate, so that batches which lock rows of the same aggregates do not wait for each other in a circle.

    What folds take in comes first, so that handlers of the same events find it. It counts as its last row's doing.
    """
    wait_until_served(alias)
    to_fold: dict[Fold, list[Announced]] = {}
    with together(alone=len(rows) == 1) as batch, transaction.atomic(using=alias, durable=True), acting_as(alias):
        in_turn = sorted(rows, key=_turn)  # those of one stream stay in their order
        for row, next_row in zip_longest(in_turn, in_turn[1:]):
            with _about(alias, row), batch.watching("event", row.listener) as watched:
                listener = _listener(row)
                event = _event(row, listener)
                watched.since = event.occurred_at
                listener.handle(event)
                if listener.fold:
                    to_fold.setdefault(listener.fold, []).append(Announced(row.topic, row.payload, event))
                    if next_row is None or not _is_folded(next_row):
                        _fold(to_fold)
        queue.finish(alias, rows)
        reached("inbox.handled")


def _turn(row: InboxRow) -> tuple[bool, str]:
    return not _is_folded(row), _aggregate(row)


def _is_folded(row: InboxRow) -> bool:
    listener = listener_named(row.listener)
    return listener is not None and listener.fold is not None


def _fold(announced: Mapping[Fold, Sequence[Announced]]) -> None:
    """In one order everywhere, so that no two transactions wait for each other."""
    for fold in sorted(announced, key=lambda fold: fold.name):
        fold.take_in(announced[fold])


def _handle_singly(alias: str, rows: Sequence[InboxRow]) -> None:
    """One transaction each. What comes after a failed one in its stream is given back, and waits for it."""
    held_up: set[str] = set()
    for row in rows:
        with unless_lost():
            if row.stream in held_up:
                queue.give_back(alias, [row])
            elif not _handled(alias, row):
                held_up.add(row.stream)


def _handled(alias: str, row: InboxRow) -> bool:
    """Raises LeaseLost."""
    try:
        _handle_together(alias, [row])
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and tried again
        with _about(alias, row):
            _failed(alias, row, error)
        return False
    return True


def _failed(alias: str, row: InboxRow, error: Exception) -> None:
    logger.warning("%s failed on event %s, try %d: %s", row.listener, row.event_id, row.attempts, error)
    retry = default_retry()
    if retry.exhausted(row.attempts) or isinstance(error, Undeliverable):
        queue.park(alias, row, error=error)
    else:
        queue.retry_later(alias, row, error=error, wait=retry.wait(row.attempts))


def _about(alias: str, row: InboxRow) -> AbstractContextManager[None]:
    facts = {"listener": row.listener, "event_id": row.event_id, "topic": row.topic, "subject": _aggregate(row)}
    return resuming(row.trace, module=alias, attempt=row.attempts, **facts)


def _aggregate(row: InboxRow) -> str:
    return row.stream.partition(" ")[2]


def _listener(row: InboxRow) -> Listener:
    listener = listener_named(row.listener)
    if listener is None:
        raise Unknown(f"no listener is named {row.listener}")
    return listener


def _event(row: InboxRow, listener: Listener) -> Event:
    if not _upcasting.is_known(row.topic):
        raise Unknown(f"no event has the topic {row.topic}")
    try:
        return _upcasting.read(row.topic, row.payload, listener.event)
    except _upcasting.Unreadable as error:
        raise Undeliverable(f"event {row.event_id} cannot be read: {error}") from error
