"""Bugs to plant in a child, each of a kind that only a crash brings to light: the suite must notice every one."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from django.apps import apps
from django.db import connections

from tearline import idempotency
from tearline.events import _outbox
from tearline.models import OutboxRow
from tearline.sagas import _journal
from tearline.work._liveness import Owner


def journal_before_the_call() -> None:
    """A remote step is journalled as done before anybody was asked."""
    write = _journal.write

    def hasty(alias: str, run: int, entries: dict[_journal.Key, _journal.Entry], **told: Any) -> None:
        for entry in entries.values():
            entry.state = "done" if entry.state == "started" else entry.state
        write(alias, run, entries, **told)

    _journal.write = hasty  # type: ignore[assignment]


def forget_keys() -> None:
    """Every command is new, whether its key was used or not."""
    insert = idempotency._inserted

    def insert_anew(scope: idempotency.Scope, fingerprint: str) -> Any:
        with connections[scope.database].cursor() as cursor:
            cursor.execute(
                "DELETE FROM tearline_command_key WHERE caller = %s AND operation = %s AND key = %s",
                [scope.caller, scope.operation, scope.key],
            )
        return insert(scope, fingerprint)

    idempotency._inserted = insert_anew


def finish_before_delivery() -> None:
    """An event counts as delivered before it is."""
    deliveries = _outbox._deliveries

    def hasty(rows: Sequence[OutboxRow]) -> Any:
        _outbox.queue.finish(str(rows[0]._state.db), rows)
        return deliveries(rows)

    _outbox._deliveries = hasty


def charge_under_a_fresh_key() -> None:
    """The provider cannot tell a repeated charge from another one."""
    capture: Any = apps.get_model("payments", "Capture")
    capture.provider_key = property(lambda _: secrets.token_hex(16))


def believe_the_dead_alive() -> None:
    """Nobody notices that a worker is gone; its lease has to run out."""
    Owner.is_dead = lambda *_: False  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        journal_before_the_call,
        forget_keys,
        finish_before_delivery,
        charge_under_a_fresh_key,
        believe_the_dead_alive,
    )
}
