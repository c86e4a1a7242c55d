"""Claiming due rows under a lease with a fencing token, and writing down what became of them.

A claim moves `due_at` to the end of the lease and `fence` up by one. Whoever writes an outcome names the fence that it
holds: a worker that was paused past its lease finds that its row is no longer its own (`LeaseLost`).
"""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from django.db import connections, transaction
from django.db.models.functions import Now

from tearline.models import DueWork
from tearline.work import _clock

R = TypeVar("R", bound=DueWork)

LEASE = 30.0
"""Seconds for which a claimed row is left to its owner, unless the owner is known to be dead."""


class LeaseLost(Exception):
    """The row was claimed by somebody else in the meantime. Nothing may be written."""


@dataclass(frozen=True)
class Queue(Generic[R]):
    """One table of due work. `position`: the column that orders each `stream`, where order matters."""

    name: str
    model: type[R]
    position: str | None = None

    @property
    def _table(self) -> str:
        return self.model._meta.db_table

    def anything_due(self, alias: str) -> bool:
        """A look without a lock."""
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {self._table} WHERE due_at <= {_clock.now(connection)} LIMIT 1", ()  # noqa: S608
            )
            return cursor.fetchone() is not None

    def next_due(self, alias: str) -> float | None:
        """Seconds until the next row is due or the next lease ends; None when nothing is left to do."""
        connection = connections[alias]
        seconds = (
            "extract(epoch FROM min(due_at) - clock_timestamp())"
            if connection.vendor == "postgresql"
            else "(julianday(min(due_at)) - julianday('now')) * 86400"
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {seconds} FROM {self._table} WHERE due_at IS NOT NULL")  # noqa: S608
            (answer,) = cursor.fetchone()
            return None if answer is None else max(float(answer), 0.0)

    def claim(self, alias: str, *, owner: str, limit: int) -> list[R]:
        """Up to `limit` due rows, oldest first, ours until the lease ends.

        In an ordered queue a row is passed over while an earlier one of its stream waits, is parked, or is in other
        hands; rows of one stream are claimed together. Claims of an ordered queue therefore stand in line.
        """
        connection = connections[alias]
        with transaction.atomic(using=alias, durable=True):
            if self.position and connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{alias}.{self.name}"])
            rows = self.model._default_manager.using(alias).raw(self._claim(alias), [LEASE, owner, limit])
            return sorted(rows, key=lambda row: getattr(row, self.position or "id"))

    def _claim(self, alias: str) -> str:
        connection = connections[alias]
        table, now = self._table, _clock.now(connection)
        blocked, locking = "", "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
        if self.position:
            blocked = f"""AND NOT EXISTS (
                SELECT 1 FROM {table} AS earlier
                WHERE earlier.stream = mine.stream AND earlier.{self.position} < mine.{self.position}
                  AND earlier.finished_at IS NULL AND (earlier.due_at IS NULL OR earlier.due_at > {now}))"""
            # Never skip a locked row here: a later one of its stream would overtake it.
            locking = "FOR UPDATE" if locking else ""
        return f"""UPDATE {table}
            SET due_at = {_clock.now_plus(connection)}, owner = %s, fence = fence + 1, attempts = attempts + 1
            WHERE id IN (SELECT id FROM {table} AS mine WHERE due_at <= {now} {blocked}
                         ORDER BY id LIMIT %s {locking})
            RETURNING *"""  # noqa: S608 - table and column names are our own

    def add(self, alias: str, rows: Sequence[R], *, wait: float = 0) -> None:
        """Have the rows worked on, in `wait` seconds. In an open transaction of the database's module."""
        for row in rows:
            row.due_at = Now() + timedelta(seconds=wait) if wait else Now()
        self.model._default_manager.using(alias).bulk_create(rows)

    def finish(self, alias: str, rows: Sequence[R]) -> None:
        """Raises LeaseLost, in an open transaction, unless all of them are still ours."""
        self._settle(alias, rows, "due_at = NULL, owner = NULL, finished_at = {now}")

    def renew(self, alias: str, row: R) -> None:
        """Hold on to the row for another lease. Raises LeaseLost."""
        connection = connections[alias]
        self._settle(alias, [row], f"due_at = {_clock.now_plus(connection)}", [LEASE])

    def retry_later(self, alias: str, row: R, *, error: BaseException, wait: float) -> None:
        """Try again in `wait` seconds. Raises LeaseLost."""
        connection = connections[alias]
        self._settle(
            alias, [row], f"due_at = {_clock.now_plus(connection)}, owner = NULL, error = %s", [wait, told(error)]
        )

    def park(self, alias: str, row: R, *, error: BaseException) -> None:
        """Leave it for an operator, with what went wrong. Raises LeaseLost."""
        self._settle(alias, [row], "due_at = NULL, owner = NULL, parked_at = {now}, error = %s", [told(error)])

    def give_back(self, alias: str, rows: Sequence[R]) -> None:
        """They were not tried after all. Raises LeaseLost."""
        if rows:
            self._settle(alias, rows, "due_at = {now}, owner = NULL, attempts = attempts - 1")

    def expire(self, alias: str, *, owner: str) -> int:
        """End all leases of an owner that is known to be dead. How many there were."""
        connection = connections[alias]
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self._table} SET due_at = {_clock.now(connection)}, owner = NULL WHERE owner = %s",  # noqa: S608
                [owner],
            )
            return cursor.rowcount

    def owners(self, alias: str) -> set[str]:
        """Who holds a lease."""
        rows = self.model._default_manager.using(alias).filter(owner__isnull=False)
        return {owner for owner in rows.values_list("owner", flat=True).distinct() if owner}

    def _settle(self, alias: str, rows: Sequence[R], change: str, parameters: Iterable[object] = ()) -> None:
        connection = connections[alias]
        held = ", ".join(["(%s, %s)"] * len(rows))
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self._table} SET {change.replace('{now}', _clock.now(connection))} "  # noqa: S608
                f"WHERE (id, fence) IN (VALUES {held})",
                [*parameters, *(value for row in rows for value in (row.pk, row.fence))],
            )
            if cursor.rowcount != len(rows):
                raise LeaseLost(f"{self.name}: {len(rows) - cursor.rowcount} of {len(rows)} rows are in other hands")


def told(error: BaseException) -> str:
    """The error with its traceback, cut to what an operator will read."""
    return "".join(traceback.format_exception(error))[-8000:]
