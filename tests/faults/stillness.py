"""Stops this process when none of its threads is at a database, so that others can go on meanwhile.

Stopped inside a transaction it would keep what it has locked, on SQLite the whole file, and all would wait for it. What
a pause is to show is another thing: whoever wakes up finds its work in other hands. Nor may the provider and the
carrier stop with it, whose simulations write their books in this process.
"""

import functools
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.transaction import Atomic

from modules.payments.adapters import simulated as provider
from modules.shipping.adapters import simulated as carrier
from tearline.databases import open_transactions

PATIENCE = 20.0
"""Seconds until all threads have been away from the databases at once, or the process goes on without a pause."""

_changed = threading.Condition()
_at_work: dict[int, int] = {}
"""By thread: how many transactions and statements it is in, one inside the other."""


def install() -> None:
    """Before the first connection is made."""
    _watch_transactions()
    connection_created.connect(_watch_statements, weak=False)
    _watch_coming_and_going()
    for outside in (provider, carrier):
        _watch_books(outside)


def stop_when_still() -> None:
    """This process, every thread of it, until it is sent SIGCONT. Never inside a transaction of this thread's."""
    if open_transactions():
        return
    with _changed:
        if _changed.wait_for(lambda: not _at_work, PATIENCE):
            stop()


def stop() -> None:
    """At once. Sent to this thread, which then takes no further step."""
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def _watch_transactions() -> None:
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def watched_enter(block: Atomic) -> None:
        _begin()
        try:
            enter(block)
        except BaseException:
            _end()
            raise

    def watched_leave(block: Atomic, *error: Any) -> None:
        try:
            leave(block, *error)
        finally:
            _end()

    Atomic.__enter__, Atomic.__exit__ = watched_enter, watched_leave  # type: ignore[method-assign]


def _watch_statements(connection: BaseDatabaseWrapper, **_: Any) -> None:
    def watched(execute: Callable[..., Any], *given: Any) -> Any:
        with _working():
            return execute(*given)

    if connection.alias and not connection.execute_wrappers:
        connection.execute_wrappers.append(watched)


def _watch_coming_and_going() -> None:
    """Whoever opens or closes a file of SQLite's has it locked for a moment."""
    for name in ("connect", "close"):
        right = getattr(BaseDatabaseWrapper, name)

        @functools.wraps(right)
        def watched(self: Any, *given: Any, _right: Any = right, **named: Any) -> Any:
            with _working():
                return _right(self, *given, **named)

        setattr(BaseDatabaseWrapper, name, watched)


def _watch_books(outside: Any) -> None:
    books_of = outside.books_of

    @contextmanager
    def watched(name: str, tables: str) -> Iterator[Any]:
        with _working(), books_of(name, tables) as books:
            yield books

    outside.books_of = watched


@contextmanager
def _working() -> Iterator[None]:
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    """Waits while the process is being stopped."""
    me = threading.get_ident()
    with _changed:
        _at_work[me] = _at_work.get(me, 0) + 1


def _end() -> None:
    me = threading.get_ident()
    with _changed:
        _at_work[me] -= 1
        if not _at_work[me]:
            del _at_work[me]
            _changed.notify_all()
