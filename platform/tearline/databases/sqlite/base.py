"""Django's SQLite, with a fair queue in front of every write of this process.

A transaction takes its turn before BEGIN IMMEDIATE and gives it back on commit, rollback and close. A writing statement
outside a transaction takes its turn for itself. Reading outside a transaction never waits: the files are in WAL mode.
Another process that writes at the same time is waited for in SQLite's own way.

Whoever waits longer than the database's timeout gets the OperationalError that SQLite itself would give.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from sqlite3 import Connection, IntegrityError
from sqlite3 import OperationalError as NotNow
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from tearline.databases._residence import LEFT, Seen, follow, is_locked, lock_file, opened
from tearline.databases.sqlite._turns import Turns, turn, turns_of
from tearline.databases.sqlite.features import DatabaseFeatures

_NEVER_WRITES = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")

_LOOK = "SELECT state, move, (julianday('now') - julianday(since)) * 86400 FROM tearline_residence"


class Cursor(base.SQLiteCursorWrapper):
    def __init__(self, connection: Connection, *, turns: Turns, timeout: float) -> None:
        super().__init__(connection)
        self._turns = turns
        self._timeout = timeout

    def execute(self, query: str, params: Iterable[Any] | None = None) -> base.SQLiteCursorWrapper:  # type: ignore[override]
        with self._in_turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Iterable[Iterable[Any]]) -> base.SQLiteCursorWrapper:  # type: ignore[override]
        with self._in_turn(query):
            return super().executemany(query, param_list)

    @contextmanager
    def _in_turn(self, query: str) -> Iterator[None]:
        try:
            if self._needs_no_turn(query):
                yield
                return
            with turn(self._turns, self._timeout) as ours:
                _refuse_unless(ours)
                yield
        except IntegrityError as error:
            _raise_if_left(error)
            raise

    def _needs_no_turn(self, query: str) -> bool:
        return self.connection.in_transaction or query.lstrip()[:9].upper().startswith(_NEVER_WRITES)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self._turn: Turns | None = None

    def connect(self) -> None:
        super().connect()
        opened(self)

    def ensure_connection(self) -> None:
        follow(self)
        super().ensure_connection()

    def seen(self) -> Seen:
        moving = is_locked(lock_file(str(self.settings_dict["NAME"])))
        try:
            row = self.connection.execute(_LOOK).fetchone()
        except NotNow as error:
            if "no such table" not in str(error):
                raise
            return Seen(moving=moving)  # nobody has prepared it yet
        if row is None:
            return Seen(moving=moving)
        state, move, age = row
        return Seen(state, move, age, moving)

    @property
    def is_open_by_hand(self) -> bool:
        """Whether autocommit was switched off, or a BEGIN was written out: sqlite3 knows, and asks nobody."""
        if self.connection is None or self.in_atomic_block:
            return False
        return not self.autocommit or bool(self.connection.in_transaction)

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - SQLite has no named cursors
        cursor: Cursor = self.connection.cursor(partial(Cursor, turns=self._turns, timeout=self._timeout))
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        _refuse_unless(self._turns.take(self._timeout))
        self._turn = self._turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open, and the turn ours: a rollback follows.
        super()._commit()  # type: ignore[misc]
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        turns, self._turn = self._turn, None
        if turns is not None:
            turns.give()

    @property
    def _turns(self) -> Turns:
        return turns_of(str(self.settings_dict["NAME"]))

    @property
    def _timeout(self) -> float:
        timeout: float = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        return timeout


def _raise_if_left(error: IntegrityError) -> None:
    """What refuses a write to where a module was before it moved is no broken rule of its rows."""
    if str(error) == LEFT:
        raise NotNow(str(error)) from error


def _refuse_unless(ours: bool) -> None:
    if not ours:
        raise OperationalError("database is locked: waited for the other threads of this process")
