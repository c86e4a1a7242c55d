"""A provider that holds no real money, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/payments.sqlite3`, as the outside world does: they survive our
rollbacks and our crashes, and tell checkers what really happened. Any number of threads and processes may use it at
once.
"""

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Movement, Provider
from modules.payments.contracts import CARD_DECLINED, CARD_FLAKY, CARD_LOST_ANSWER, CARD_SLOW, MAGIC_METHODS
from tearline.contracts import Money, Unavailable

_BOOKS = """
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY, authorization TEXT NOT NULL, order_id TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, method TEXT NOT NULL, declined TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS movement (
    reference TEXT PRIMARY KEY, key TEXT NOT NULL, authorization TEXT NOT NULL, kind TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
);
CREATE INDEX IF NOT EXISTS movement_key ON movement (key);
CREATE INDEX IF NOT EXISTS movement_authorization ON movement (authorization);
CREATE TABLE IF NOT EXISTS tried (
    call TEXT NOT NULL, key TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (call, key)
);
"""

_one_writer = threading.Lock()  # of this process; between processes the file's own lock decides


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Money that is held right now, and neither taken nor let go."""

    order_id: OrderId
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Money that was taken once, and how much of it was given back since."""

    order_id: OrderId
    amount: Money
    refunded: Money


class SimulatedProvider(Provider):
    """Does what `contracts.MAGIC_METHODS` says of the payment method."""

    def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
        def hold(books: sqlite3.Connection) -> None:
            declined = _why_declined(method)
            fresh = books.execute(
                "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key, key, order_id, amount.amount, amount.currency, method, declined),
            ).rowcount
            if fresh and not declined:
                _move(books, "authorized", amount.amount, key=key, authorization=key)

        return self._answering("authorize", key, hold, method=method)

    def void(self, *, key: str) -> Answer:
        def let_go(books: sqlite3.Connection) -> None:
            _decline_unless_used(books, key)
            _move(books, "voided", _held(books, key), key=key, authorization=key)

        return self._answering("void", key, let_go)

    def capture(self, *, key: str, authorization: str, amount: Money) -> Answer:
        def take(books: sqlite3.Connection) -> None:
            declined = "" if amount.amount <= _held(books, authorization) else "not_held"
            fresh = books.execute(
                "INSERT INTO request SELECT ?, key, order_id, ?, currency, method, ? FROM request"
                " WHERE key = ? ON CONFLICT DO NOTHING",
                (key, amount.amount, declined, authorization),
            ).rowcount
            if fresh and not declined:
                _move(books, "captured", amount.amount, key=key, authorization=authorization)

        return self._answering("capture", key, take, paid_by=authorization)

    def refund(self, *, key: str) -> Answer:
        def give_back(books: sqlite3.Connection) -> None:
            _decline_unless_used(books, key)
            kept = _sum(books, "key", key, "captured") - _sum(books, "key", key, "refunded")
            (authorization,) = books.execute("SELECT authorization FROM request WHERE key = ?", (key,)).fetchone()
            _move(books, "refunded", kept, key=key, authorization=authorization)

        return self._answering("refund", key, give_back)

    def find(self, *, key: str) -> Answer | None:
        with self._books() as books:
            return _answer(books, key)

    def holds(self, order_id: str | None = None) -> list[Hold]:
        """For checkers: all money that is held right now, of one order or of all."""
        with self._books() as books:
            held = [
                Hold(order_id=OrderId(order), amount=Money(amount=_held(books, key), currency=currency))
                for key, order, currency in _requests(books, "authorized", order_id)
            ]
        return [hold for hold in held if hold.amount.amount]

    def charges(self, order_id: str | None = None) -> list[Charge]:
        """For checkers: every time that money was taken, of one order or of all, refunded since or not."""
        with self._books() as books:
            return [
                Charge(
                    order_id=OrderId(order),
                    amount=Money(amount=_sum(books, "key", key, "captured"), currency=currency),
                    refunded=Money(amount=_sum(books, "key", key, "refunded"), currency=currency),
                )
                for key, order, currency in _requests(books, "captured", order_id)
            ]

    def _answering(
        self, call: str, key: str, deed: Callable[[sqlite3.Connection], None], *, method: str = "", paid_by: str = ""
    ) -> Answer:
        with self._books() as books:
            method = method or _method(books, paid_by or key)
            tries = _count_try(books, call, key)
            ignored = method == CARD_FLAKY and tries <= 2
            if not ignored:
                deed(books)
            answer = _answer(books, key)
        if ignored:
            raise Unavailable("the simulated provider did not take the call", maybe_done=False)
        if method == CARD_SLOW:
            time.sleep(settings.PAYMENT_SIMULATED_SLOWNESS)
        if method == CARD_LOST_ANSWER and tries == 1:
            raise Unavailable("the simulated provider's answer was lost")
        return answer or Answer(declined="no_such_authorization")

    @contextlib.contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """The books, in a transaction of their own."""
        path = Path(settings.VAR) / "outside" / "payments.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_writer, contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as books:
            books.execute("PRAGMA synchronous = OFF")  # outlives our process, if not the machine
            books.execute("BEGIN IMMEDIATE")
            with books:
                for statement in _BOOKS.split(";"):
                    books.execute(statement)
                yield books


def _why_declined(method: str) -> str:
    if method == CARD_DECLINED:
        return "card_declined"
    return "" if method in MAGIC_METHODS else "no_such_method"


def _method(books: sqlite3.Connection, key: str) -> str:
    row = books.execute("SELECT method FROM request WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _count_try(books: sqlite3.Connection, call: str, key: str) -> int:
    counted = books.execute(
        "INSERT INTO tried VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times", (call, key)
    )
    return int(counted.fetchone()[0])


def _decline_unless_used(books: sqlite3.Connection, key: str) -> None:
    """So that whatever comes late under this key moves nothing."""
    books.execute("INSERT INTO request VALUES (?, ?, '', 0, '', '', 'undone') ON CONFLICT DO NOTHING", (key, key))


def _move(books: sqlite3.Connection, kind: str, amount: int, *, key: str, authorization: str) -> None:
    if amount:
        reference = f"sim_{secrets.token_hex(8)}"
        books.execute("INSERT INTO movement VALUES (?, ?, ?, ?, ?)", (reference, key, authorization, kind, amount))


def _sum(books: sqlite3.Connection, column: str, key: str, kind: str) -> int:
    moved = books.execute(f"SELECT COALESCE(SUM(amount), 0) FROM movement WHERE {column} = ? AND kind = ?", (key, kind))
    return int(moved.fetchone()[0])


def _held(books: sqlite3.Connection, key: str) -> int:
    authorized, voided, captured = (
        _sum(books, "authorization", key, kind) for kind in ("authorized", "voided", "captured")
    )
    return authorized - voided - captured


def _requests(books: sqlite3.Connection, moved: str, order_id: str | None) -> list[tuple[str, str, str]]:
    return books.execute(
        "SELECT key, order_id, currency FROM request JOIN movement USING (key)"
        " WHERE kind = ? AND (? IS NULL OR order_id = ?) ORDER BY movement.rowid",
        (moved, order_id, order_id),
    ).fetchall()


def _answer(books: sqlite3.Connection, key: str) -> Answer | None:
    request = books.execute("SELECT declined FROM request WHERE key = ?", (key,)).fetchone()
    if request is None:
        return None
    moved = books.execute("SELECT kind, amount, reference FROM movement WHERE key = ? ORDER BY rowid", (key,))
    return Answer(
        movements=tuple(Movement(kind=kind, amount=amount, reference=reference) for kind, amount, reference in moved),
        declined=request[0],
    )
