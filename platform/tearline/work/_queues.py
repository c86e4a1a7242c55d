"""Claiming due rows under a lease with a fencing token, and writing down what became of them.

A claim moves `due_at` to the end of the lease and draws a new `fence`. Whoever writes an outcome names the fence that
it holds: a worker that was paused past its lease finds that its row is no longer its own (`LeaseLost`).

Nobody waits until a claim is on the disk. If the database server crashes just then it has not been; and as no fence is
drawn twice, whoever made it finds that out in the same way.
"""

import contextlib
import json
import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tearline.crash_points import reached
from tearline.databases import LAZILY, wait_until_served
from tearline.models import DueWork
from tearline.observability import carried, discreet, leases_lost, parkings, retries
from tearline.work import _clock, _rows
from tearline.work._doorbell import ring_after_commit

R = TypeVar("R", bound=DueWork)

LEASE = 30.0
"""Seconds for which a claimed row is left to its owner, unless the owner is known to be dead."""

TRIES_KEPT = 20
"""Failed tries that are kept with a row, the last ones."""

SET_ASIDE = 3600.0
"""Seconds for which a row is set aside behind a parked one. Whoever deals with that one ends it before."""

LOOKED_AT = 2_000
"""Due rows among which those behind parked ones are looked for at a time."""

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The row was claimed by somebody else in the meantime. Nothing may be written."""


@contextlib.contextmanager
def unless_lost() -> Iterator[None]:
    """Leave rows to those who have claimed them in the meantime."""
    try:
        yield
    except LeaseLost as lost:
        logger.warning("went on elsewhere: %s", lost)


@dataclass(frozen=True)
class Queue(Generic[R]):
    """One table of due work.

    `position`: the column that orders each `stream`, where order matters. `parked_as`: the `state` that rows get when
    they are parked, where they have one. `repeatable`: what was done for a row that is finished may be done again, with
    no effect, so that nobody waits until the end of it is on the disk either.
    """

    name: str
    model: type[R]
    position: str | None = None
    parked_as: str = ""
    repeatable: bool = False

    @property
    def _table(self) -> str:
        return self.model._meta.db_table

    def claimable(self, alias: str, *, limit: int) -> int:
        """How many rows could be claimed now, `limit` at most. A look without a lock."""
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 {self._first_due(connection, limit)}", [])
            return len(cursor.fetchall())

    def next_due(self, alias: str) -> float | None:
        """Seconds until the next row is due or the next lease ends; None when nothing is left to do.

        Rows that are held up by an earlier one of their stream are not counted: they wait for that one.
        """
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self._seconds_to_next(connection)}", [])
            (answer,) = cursor.fetchone()
            return None if answer is None else max(float(answer), 0.0)

    def glance(self, connection: BaseDatabaseWrapper) -> str:
        """A SELECT of its name, `next_due`, whether any row is parked, and the owners of leases by commas."""
        joined = "string_agg" if connection.vendor == "postgresql" else "group_concat"
        owners = "DISTINCT owner, ','" if connection.vendor == "postgresql" else "DISTINCT owner"
        return (
            f"SELECT '{self.name}', {self._seconds_to_next(connection)},"
            f" EXISTS (SELECT 1 FROM {self._table} WHERE parked_at IS NOT NULL AND finished_at IS NULL),"
            f" (SELECT {joined}({owners}) FROM {self._table} WHERE owner IS NOT NULL)"
        )

    def claim(self, alias: str, *, owner: str, limit: int) -> list[R]:
        """Up to `limit` due rows, oldest first, ours until the lease ends.

        Who let the lease of a row run out is taken for dead: see `DueWork.deaths`.
        In an ordered queue a row is passed over while an earlier one of its stream waits, is parked, or is in other
        hands; rows of one stream are claimed together. Claims of an ordered queue therefore stand in line.
        """
        connection = connections[alias]
        with _by_itself(connection), connection.cursor() as cursor:
            prelude = self._prelude(connection)
            cursor.execute(prelude + self._claim(connection, limit), [LEASE, owner])
            if prelude:
                cursor.nextset()
            rows = _rows.read(alias, self.model, cursor.fetchall())
        reached("claim.committed")
        return sorted(rows, key=lambda row: getattr(row, self.position or "id"))

    def _claim(self, connection: BaseDatabaseWrapper, limit: int) -> str:
        """The statement. MATERIALIZED, as a plan that looked for rows more than once would find more than `limit`."""
        locking, wanted = "", "id IN (SELECT id FROM wanted)"
        if connection.vendor == "postgresql":
            # Where order matters a locked row is never skipped: a later one of its stream would overtake it.
            locking = "FOR UPDATE" if self.position else "FOR UPDATE SKIP LOCKED"
            wanted = "id = ANY (ARRAY(SELECT id FROM wanted))"  # found by their key, however many others there are
        return f"""WITH wanted AS MATERIALIZED (
                SELECT id {self._first_due(connection, limit)} {locking})
            UPDATE {self._table}
            SET due_at = {_clock.now_plus(connection)}, owner = %s, fence = {_fence(connection)},
                attempts = attempts + 1, deaths = deaths + CASE WHEN owner IS NULL THEN 0 ELSE 1 END
            WHERE {wanted}
            RETURNING {", ".join(_rows.columns(self.model))}"""

    def _first_due(self, connection: BaseDatabaseWrapper, limit: int) -> str:
        """What is due, oldest first, and no more than so many. See `due_indexes`."""
        return f"FROM {self._table} AS mine WHERE {self._due(connection)} ORDER BY id + 0 LIMIT {limit:d}"

    def _due(self, connection: BaseDatabaseWrapper) -> str:
        """The condition of being due, and not held up by an earlier row of the stream that is not.

        With a limit of one, earlier rows are looked for as each due row is come by. A plain NOT EXISTS may be planned
        as a join of all that is due with all that waits, for every claim.
        """
        now = _clock.now(connection)
        if not self.position:
            return f"due_at <= {now}"
        return f"""due_at <= {now} AND (
            SELECT 1 FROM {self._table} AS earlier
            WHERE earlier.stream = mine.stream AND earlier.{self.position} < mine.{self.position}
              AND earlier.finished_at IS NULL AND (earlier.due_at IS NULL OR earlier.due_at > {now}) LIMIT 1) IS NULL"""

    def _seconds_to_next(self, connection: BaseDatabaseWrapper) -> str:
        seconds = (
            "extract(epoch FROM min(due_at) - statement_timestamp())"
            if connection.vendor == "postgresql"
            else "(julianday(min(due_at)) - julianday('now')) * 86400"
        )
        return (
            f"CASE WHEN EXISTS (SELECT 1 {self._first_due(connection, 1)}) THEN 0 ELSE ("
            f"SELECT {seconds} FROM {self._table} WHERE due_at > {_clock.now(connection)}) END"
        )

    def stand_in_line(self, alias: str) -> None:
        """Until the transaction ends, nobody else claims rows of an ordered queue, and nobody puts some back.

        A claim sees the rows as they were when it began. Were the first of a stream put back just then, to wait, the
        claim would take the second. SQLite's writers stand in line anyway.
        """
        if line := self._line(connections[alias]):
            with connections[alias].cursor() as cursor:
                cursor.execute(f"SELECT {line}")

    def _line(self, connection: BaseDatabaseWrapper) -> str:
        """The expression that stands in line; empty where nobody has to."""
        if not self.position or connection.vendor != "postgresql":
            return ""
        return f"pg_advisory_xact_lock(hashtextextended('{connection.alias}.{self.name}', 0))"

    def _prelude(self, connection: BaseDatabaseWrapper) -> str:
        """What a claim begins with, in the same message: standing in line, and having PostgreSQL go by the indexes.

        Left to itself it would often read and sort all that is due, for each claim, as its statistics are always late:
        they know neither the burst that has just come nor that it has gone.
        """
        if connection.vendor != "postgresql":
            return ""
        by_index = [f"set_config('enable_{way}', 'off', true)" for way in ("seqscan", "bitmapscan", "sort")]
        return f"{LAZILY}, {', '.join(filter(None, [*by_index, self._line(connection)]))}; "

    def add(self, alias: str, rows: Sequence[Mapping[str, Any]], *, wait: float = 0) -> list[int]:
        """Have rows worked on, in `wait` seconds, each given as its own fields by name. Their ids.

        In an open transaction of the database's module.
        """
        return _rows.insert(alias, self.model, rows, wait=wait, trace=carried())

    def add_unless_there(self, alias: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Have rows worked on, each with a `trace` of its own. Those that are there already stay as they are."""
        _rows.insert_unless_there(alias, self.model, rows)

    def finish(self, alias: str, rows: Sequence[R], **fields: str) -> None:
        """And give them these values. Raises LeaseLost, in an open transaction, unless all of them are still ours."""
        change = f"due_at = NULL, owner = NULL, finished_at = {{now}}{_also(fields)}"
        self._settle(alias, rows, change, [*fields.values()], lazily=self.repeatable)

    def renew(self, alias: str, rows: Sequence[R]) -> int:
        """Hold on for another lease to those of the rows that are still ours, unfinished. How many those were.

        On PostgreSQL none that is just being written: whoever writes it is at work.
        """
        connection = connections[alias]
        locking = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""UPDATE {self._table} SET due_at = {_clock.now_plus(connection)} WHERE id IN (
                    SELECT id FROM {self._table}
                    WHERE finished_at IS NULL AND owner IS NOT NULL AND (id, fence) IN (VALUES {_held(rows)}) {locking})
                """,
                [LEASE],
            )
            count: int = cursor.rowcount
            return count

    def retry_later(self, alias: str, row: R, *, error: BaseException, wait: float) -> None:
        """Try again in `wait` seconds. Raises LeaseLost."""
        retries.labels(alias, self.name).inc()
        due_at = _clock.now_plus(connections[alias])
        self._failed(alias, row, error, f"due_at = {due_at}", [wait])
        ring_after_commit(self.name, alias, wait=wait)

    def put_off(self, alias: str, row: R, *, error: BaseException, wait: float) -> None:
        """Try in `wait` seconds: this was no try. Raises LeaseLost."""
        retries.labels(alias, self.name).inc()
        due_at = _clock.now_plus(connections[alias])
        self._failed(alias, row, error, f"due_at = {due_at}, attempts = attempts - 1", [wait])
        ring_after_commit(self.name, alias, wait=wait)

    def rest(self, alias: str, row: R, *, error: BaseException, wait: float) -> None:
        """Go on in `wait` seconds, as intended: what was tried so far does not count. Raises LeaseLost."""
        retries.labels(alias, self.name).inc()
        due_at = _clock.now_plus(connections[alias])
        self._failed(alias, row, error, f"due_at = {due_at}, attempts = 0", [wait])
        ring_after_commit(self.name, alias, wait=wait)

    def park(self, alias: str, row: R, *, error: BaseException) -> None:
        """Leave it for an operator, with what went wrong. Raises LeaseLost."""
        parkings.labels(alias, self.name).inc()
        state = {"state": self.parked_as} if self.parked_as else {}
        change = f"due_at = NULL, parked_at = {{now}}{_also(state)}"
        self._failed(alias, row, error, change, [*state.values()])

    def give_back(self, alias: str, rows: Sequence[R]) -> None:
        """They were not tried after all. Raises LeaseLost."""
        self._put_back(alias, rows, "due_at = {now}, owner = NULL, attempts = attempts - 1")

    def expire(self, alias: str, *, owner: str) -> int:
        """End all leases of an owner that is known to be dead. How many there were.

        Rows over which others have died before wait longer each time: 0, 1, 4, 9 ... seconds.
        """
        connection = connections[alias]
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            self.stand_in_line(alias)
            cursor.execute(
                f"UPDATE {self._table} SET due_at = {_clock.now_plus(connection, 'deaths * deaths')}, owner = NULL,"
                " deaths = deaths + 1 WHERE owner = %s",
                [owner],
            )
            count: int = cursor.rowcount
            return count

    def set_aside(self, alias: str) -> int:
        """Put off rows that wait behind parked ones, so that no claim has to pass them over. How many there were.

        Repeat it, for what comes to wait there later. Looks no further than claims would have to.
        """
        if not self.position:
            return 0
        connection = connections[alias]
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            self.stand_in_line(alias)
            cursor.execute(
                f"""UPDATE {self._table} SET due_at = {_clock.now_plus(connection)}, owner = NULL, fence = fence + 1
                WHERE id IN (
                    SELECT id FROM (
                        SELECT * FROM {self._table} WHERE due_at <= {_clock.now(connection)}
                        ORDER BY id + 0 LIMIT %s
                    ) AS mine WHERE EXISTS (
                        SELECT 1 FROM {self._table} AS earlier
                        WHERE earlier.stream = mine.stream AND earlier.{self.position} < mine.{self.position}
                          AND earlier.parked_at IS NOT NULL AND earlier.finished_at IS NULL))""",
                [SET_ASIDE, LOOKED_AT],
            )
            count: int = cursor.rowcount
            return count

    def owners(self, alias: str) -> set[str]:
        """Who holds a lease."""
        rows = self.model._default_manager.using(alias).filter(owner__isnull=False)
        return {owner for owner in rows.values_list("owner", flat=True).distinct() if owner}

    def _failed(self, alias: str, row: R, error: BaseException, change: str, parameters: Sequence[Any] = ()) -> None:
        change = f"{change}, owner = NULL, deaths = 0, error = %s, tries = %s"
        self._put_back(alias, [row], change, [*parameters, told(error), _tries(row, error)])

    def _put_back(self, alias: str, rows: Sequence[R], change: str, parameters: Sequence[Any] = ()) -> None:
        wait_until_served(alias)
        with transaction.atomic(using=alias, savepoint=False):
            self.stand_in_line(alias)
            self._settle(alias, rows, change, parameters)
            reached("failure.commit")
        reached("failure.committed")

    def _settle(
        self, alias: str, rows: Sequence[R], change: str, parameters: Sequence[Any] = (), *, lazily: bool = False
    ) -> None:
        """What is finished stays so: whoever did not hear that its commit went through would put it back."""
        wait_until_served(alias)
        connection = connections[alias]
        prelude = f"{LAZILY}; " if lazily and connection.vendor == "postgresql" else ""
        with self._all_or_none(alias, rows), connection.cursor() as cursor:
            cursor.execute(
                f"{prelude}UPDATE {self._table} SET {change.replace('{now}', _clock.now(connection))} "
                f"WHERE finished_at IS NULL AND (id, fence) IN (VALUES {_held(rows)})",
                parameters,
            )
            if prelude:
                cursor.nextset()
            if cursor.rowcount != len(rows):
                leases_lost.labels(alias, self.name).inc()
                raise LeaseLost(f"{self.name}: {len(rows) - cursor.rowcount} of {len(rows)} rows are in other hands")

    def _all_or_none(self, alias: str, rows: Sequence[R]) -> AbstractContextManager[None]:
        """A transaction, unless there is one: what one statement does to one row needs none."""
        if len(rows) == 1 or connections[alias].in_atomic_block:
            return contextlib.nullcontext()
        return transaction.atomic(using=alias)


def _fence(connection: BaseDatabaseWrapper) -> str:
    """SQL for a number that was not drawn before: one of 2^53, which every reader of JSON can tell from another."""
    if connection.vendor == "postgresql":
        return "1 + (random() * 9007199254740990)::bigint"
    return "1 + abs(random() / 1024)"


def _held(rows: Sequence[DueWork]) -> str:
    """SQL for rows as their holder knows them."""
    return ", ".join(f"({row.pk:d}, {row.fence:d})" for row in rows)


def _by_itself(connection: BaseDatabaseWrapper) -> AbstractContextManager[None]:
    """What is done inside is one transaction, which nobody has open. On PostgreSQL one message is one."""
    if connection.vendor != "postgresql":
        return transaction.atomic(using=connection.alias, durable=True)
    if connection.in_atomic_block:
        raise RuntimeError("what is claimed inside a transaction would be taken back with it")
    return contextlib.nullcontext()


def _also(fields: Iterable[str]) -> str:
    return "".join(f", {field} = %s" for field in fields)


def told(error: BaseException) -> str:
    """The error with its traceback, cut to what an operator will read."""
    return discreet("".join(traceback.format_exception(error)))[-8000:]


def in_short(error: BaseException) -> str:
    """What went wrong, in a line. Of a long story the beginning and the end."""
    line = " ".join(discreet("".join(traceback.format_exception_only(error))).split())
    return line if len(line) <= 400 else f"{line[:150]} … {line[-250:]}"


def _tries(row: DueWork, error: BaseException) -> str:
    """The tries of a row that have failed, with this one."""
    failed = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "by": row.owner, "error": in_short(error)}
    return json.dumps([*json.loads(row.tries or "[]"), failed][-TRIES_KEPT:])
