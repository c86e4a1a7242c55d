"""One effect per key: what a caller asked for under a key, and what it was answered.

The key row is inserted first, so that two at once wait for each other instead of colliding, and commits with the
effect. An undo leaves a tombstone under the do's key, whether or not there was a do.
"""

from dataclasses import dataclass

from django.db import OperationalError, connections

from tearline.contracts import KeyInFlight, KeyReused, Undone
from tearline.databases import execute_at_commit, waited_for_a_lock
from tearline.models import CommandKey
from tearline.work import _clock

BUSY = 10.0
"""Seconds for which an unanswered command counts as being carried out right now."""

LONGEST_KEY = 255


@dataclass(frozen=True)
class Scope:
    """Whose key it is, and for what. `database`: the alias of the module that carries the command out."""

    database: str
    caller: str
    operation: str
    key: str

    def __post_init__(self) -> None:
        refuse_unfit(self.key)


def refuse_unfit(key: str) -> None:
    """Raises ValueError for a key that is empty or too long."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"a key has 1 to {LONGEST_KEY} characters, and this one has {len(key)}")


@dataclass(frozen=True)
class Standing:
    """How a key stands, its row locked by the open transaction."""

    row: CommandKey
    fresh: bool

    @property
    def answered(self) -> bool:
        return bool(self.row.answer)


def take(scope: Scope, fingerprint: str) -> Standing:
    """Make the key ours, or wait until whoever has it is done and see what came of it.

    In an open transaction of the scope's database. Raises KeyReused; Undone when an undo came first; KeyInFlight when
    whoever has it takes longer than one waits for a lock.
    """
    try:
        fresh = _inserted(scope, fingerprint)
        if fresh is not None:
            return Standing(fresh, fresh=True)
        row = _locked(scope)
    except OperationalError as error:
        if waited_for_a_lock(error):
            raise KeyInFlight(f"somebody has the key {scope.key}", retry_after=1) from error
        raise
    if row.undone:
        raise Undone(key=scope.key)
    if row.fingerprint != fingerprint:
        raise KeyReused(key=scope.key)
    return Standing(row, fresh=False)


def resume(scope: Scope) -> Standing:
    """Lock the key again for a later act. Undone or not: an act must be able to record what came of it."""
    return Standing(_locked(scope), fresh=False)


def bury(scope: Scope) -> None:
    """Leave a tombstone under a do-key: what was done is being undone, what was not shall never be done."""
    with connections[scope.database].cursor() as cursor:
        cursor.execute(
            "INSERT INTO tearline_command_key"
            " (caller, operation, key, fingerprint, answer, refused, undone, created_at)"
            f" VALUES (%s, %s, %s, '', '', %s, %s, {_clock.now(connections[scope.database])})"
            " ON CONFLICT (caller, operation, key) DO UPDATE SET undone = %s",
            [scope.caller, scope.operation, scope.key, False, True, True],
        )


def answer(standing: Standing, answer: str, *, refused: bool) -> None:
    """Store the answer, in JSON, as the last thing in the open transaction.

    Raises Undone when the command was undone while it was carried out.
    """
    row = standing.row
    if row.undone:
        raise Undone(key=row.key)
    _write(row, "answer = %s, refused = %s, busy_until = NULL", [answer, refused])


def leave_open(standing: Standing) -> None:
    """Nobody is at it any more, and there is no answer yet: whoever asks again under the key goes on.

    The last thing in the open transaction.
    """
    _write(standing.row, "busy_until = NULL", [])


def busy(standing: Standing) -> bool:
    """Whether somebody else is at it right now, by the database's clock."""
    connection = connections[standing.row._state.db or ""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM tearline_command_key WHERE id = %s AND busy_until > {_clock.now(connection)}",
            [standing.row.pk],
        )
        return cursor.fetchone() is not None


# Written by hand, not by the ORM: every command goes through here, and a statement costs half as much this way.


def _inserted(scope: Scope, fingerprint: str) -> CommandKey | None:
    connection = connections[scope.database]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tearline_command_key"
            " (caller, operation, key, fingerprint, answer, refused, undone, busy_until, created_at)"
            f" VALUES (%s, %s, %s, %s, '', %s, %s, {_clock.now_plus(connection)}, {_clock.now(connection)})"
            " ON CONFLICT (caller, operation, key) DO NOTHING RETURNING id",
            [scope.caller, scope.operation, scope.key, fingerprint, False, False, BUSY],
        )
        made = cursor.fetchone()
    if made is None:
        return None
    row = CommandKey(id=made[0], caller=scope.caller, operation=scope.operation, key=scope.key, fingerprint=fingerprint)
    row._state.db = scope.database
    return row


def _write(row: CommandKey, change: str, parameters: list[str | bool]) -> None:
    statement = f"UPDATE tearline_command_key SET {change} WHERE id = %s"
    execute_at_commit(row._state.db or "", statement, [*parameters, row.pk])


def _locked(scope: Scope) -> CommandKey:
    rows = CommandKey.objects.using(scope.database).select_for_update()
    return rows.get(caller=scope.caller, operation=scope.operation, key=scope.key)
