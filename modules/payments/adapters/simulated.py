"""A provider that holds no real money, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/payments.sqlite3`, as the outside world does: they survive our
rollbacks and our crashes, and tell checkers what really happened. Any number of threads and processes may use it at
once.

It tells of every movement by a webhook, sent to `settings.PAYMENT_SIMULATED_WEBHOOKS` after each call if that is an
address. The header `Simulated-Signature` is `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256, by the webhook secret, of
the time, a dot and the body.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from modules.orders.contracts import OrderId
from modules.payments.adapters import (
    Answer,
    Claim,
    Heard,
    Kind,
    Mailbox,
    Movement,
    NotFromProvider,
    Part,
    Posting,
    Postings,
    Provider,
)
from modules.payments.contracts import (
    CARD_DECLINED,
    CARD_DISPUTE_LOST,
    CARD_DISPUTE_WON,
    CARD_DISPUTED,
    CARD_EXPIRED,
    CARD_FLAKY,
    CARD_LOST_ANSWER,
    CARD_NO_CAPTURE,
    CARD_NO_FUNDS,
    CARD_NO_REFUND,
    CARD_SLOW,
    CARD_TELLS_BACKWARDS,
    CARD_TELLS_TWICE,
    CARD_UNKNOWN,
    MAGIC_METHODS,
    RARE_METHODS,
    DisputeState,
)
from tearline.contracts import Money, Unavailable
from tearline.outside import books_of

TOLERANCE = 300
"""Seconds that a webhook may be old."""

PAGE = 100
"""Lines of a statement that are answered at once."""

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
CREATE TABLE IF NOT EXISTS part (
    key TEXT NOT NULL, capture TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (key, capture)
);
CREATE TABLE IF NOT EXISTS dispute (
    reference TEXT PRIMARY KEY, authorization TEXT NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS news (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL, key TEXT NOT NULL,
    at REAL NOT NULL, sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS news_reference ON news (reference);
"""

_WHY_DECLINED = {
    CARD_DECLINED: "card_declined",
    CARD_NO_FUNDS: "insufficient_funds",
    CARD_EXPIRED: "expired_card",
}
_DISPUTES: dict[str, DisputeState] = {CARD_DISPUTED: "open", CARD_DISPUTE_WON: "won", CARD_DISPUTE_LOST: "lost"}
_NEVER_ANSWERED = ("authorize", "capture")


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


class SimulatedProvider(Provider, Mailbox):
    """Does what `contracts.MAGIC_METHODS` and `RARE_METHODS` say of the payment method."""

    name = "simulated"

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
            declined = _why_not_taken(books, authorization, amount.amount)
            fresh = books.execute(
                "INSERT INTO request SELECT ?, key, order_id, ?, currency, method, ? FROM request"
                " WHERE key = ? ON CONFLICT DO NOTHING",
                (key, amount.amount, declined, authorization),
            ).rowcount
            if fresh and not declined:
                _move(books, "captured", amount.amount, key=key, authorization=authorization)
                _dispute(books, authorization, amount.amount)

        return self._answering("capture", key, take, paid_by=authorization)

    def refund(self, *, key: str) -> Answer:
        def give_back(books: sqlite3.Connection) -> None:
            _decline_unless_used(books, key)
            kept = _kept(books, key)
            (authorization,) = books.execute("SELECT authorization FROM request WHERE key = ?", (key,)).fetchone()
            _move(books, "refunded", kept, key=key, authorization=authorization)

        return self._answering("refund", key, give_back)

    def refund_parts(self, *, key: str, authorization: str, parts: Sequence[Part]) -> Answer:
        def give_back(books: sqlite3.Connection) -> None:
            declined = _why_not_given_back(books, authorization, parts)
            fresh = books.execute(
                "INSERT INTO request SELECT ?, key, order_id, ?, currency, method, ? FROM request"
                " WHERE key = ? ON CONFLICT DO NOTHING",
                (key, sum(part.amount for part in parts), declined, authorization),
            ).rowcount
            if fresh and not declined:
                for part in parts:
                    books.execute("INSERT INTO part VALUES (?, ?, ?)", (key, part.capture, part.amount))
                _move(books, "refunded", sum(part.amount for part in parts), key=key, authorization=authorization)

        return self._answering("refund_parts", key, give_back, paid_by=authorization)

    def find_refund(self, *, key: str, authorization: str) -> Answer | None:  # noqa: ARG002 - the key says it all
        return self.find(key=key)

    def find(self, *, key: str) -> Answer | None:
        with books_of("payments", _BOOKS) as books:
            return _answer(books, key)

    def order_of(self, *, subject: str) -> str:
        with books_of("payments", _BOOKS) as books:
            row = books.execute("SELECT order_id FROM request WHERE key = ?", (subject,)).fetchone()
        return str(row[0]) if row else ""

    def statement(self, *, since: datetime, until: datetime, after: str) -> Postings:
        with books_of("payments", _BOOKS) as books:
            rows = books.execute(
                "SELECT number, m.kind, m.amount, m.reference, currency, order_id, at FROM news"
                " JOIN movement m USING (reference) JOIN request r ON r.key = m.authorization"
                " WHERE news.kind = m.kind AND at >= ? AND at < ? AND number > ? ORDER BY number LIMIT ?",
                (since.timestamp(), until.timestamp(), int(after or 0), PAGE),
            ).fetchall()
        lines = tuple(
            Posting(
                movement=Movement(kind=kind, amount=amount, reference=reference),
                currency=currency,
                order_id=order_id,
                at=datetime.fromtimestamp(at, UTC),
            )
            for _, kind, amount, reference, currency, order_id, at in rows
        )
        return Postings(lines=lines, more=str(rows[-1][0]) if len(rows) == PAGE else "")

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        _verify(headers.get("Simulated-Signature", ""), body)
        try:
            told = json.loads(body)
            return Heard(id=str(told["id"]), kind=str(told["kind"]), subject=str(told["subject"]))
        except (ValueError, KeyError, TypeError) as error:
            raise NotFromProvider("This is not a webhook as the simulated provider writes them.") from error

    def decide(self, order_id: str, outcome: DisputeState) -> None:
        """End the open disputes of an order."""
        with books_of("payments", _BOOKS) as books:
            for reference, authorization, amount in books.execute(
                "SELECT reference, d.authorization, d.amount FROM dispute d JOIN request ON key = d.authorization"
                " WHERE order_id = ? AND state = 'open'",
                (order_id,),
            ).fetchall():
                _decide(books, reference, authorization, amount, outcome)

    def webhooks(self, order_id: str | None = None) -> list[bytes]:
        """For checkers: the bodies of all that were or will be sent, oldest first, of one order or of all."""
        with books_of("payments", _BOOKS) as books:
            return [
                _body(id_, kind, key)
                for id_, kind, key in books.execute(
                    "SELECT id, kind, key FROM news JOIN request USING (key)"
                    " WHERE ? IS NULL OR order_id = ? ORDER BY number",
                    (order_id, order_id),
                )
            ]

    def send_webhooks(self, url: str) -> None:
        """POST what was not sent yet. What nobody takes is sent the next time."""
        import httpx  # takes its time to load

        for number, method, body in self._unsent():
            for _ in range(2 if method == CARD_TELLS_TWICE else 1):
                headers = {"Simulated-Signature": signature(body), "Content-Type": "application/json"}
                try:
                    taken = httpx.post(url, content=body, headers=headers, timeout=5).is_success
                except httpx.HTTPError:
                    return
            if taken:
                with books_of("payments", _BOOKS) as books:
                    books.execute("UPDATE news SET sent = 1 WHERE number = ?", (number,))

    def _unsent(self) -> list[tuple[int, str, bytes]]:
        with books_of("payments", _BOOKS) as books:
            rows = books.execute(
                "SELECT number, method, news.id, kind, key FROM news JOIN request USING (key)"
                " WHERE sent = 0 ORDER BY number"
            ).fetchall()
        unsent = [(number, method, _body(id_, kind, key)) for number, method, id_, kind, key in rows]
        forwards = [each for each in unsent if each[1] != CARD_TELLS_BACKWARDS]
        backwards = [each for each in reversed(unsent) if each[1] == CARD_TELLS_BACKWARDS]
        return forwards + backwards

    def holds(self, order_id: str | None = None) -> list[Hold]:
        """For checkers: all money that is held right now, of one order or of all."""
        with books_of("payments", _BOOKS) as books:
            held = [
                Hold(order_id=OrderId(order), amount=Money(amount=_held(books, key), currency=currency))
                for key, order, currency in _requests(books, "authorized", order_id)
            ]
        return [hold for hold in held if hold.amount.amount]

    def charges(self, order_id: str | None = None) -> list[Charge]:
        """For checkers: every time that money was taken, of one order or of all, refunded since or not."""
        with books_of("payments", _BOOKS) as books:
            return [
                Charge(
                    order_id=OrderId(order),
                    amount=Money(amount=_sum(books, "key", key, "captured"), currency=currency),
                    refunded=Money(amount=_sum(books, "key", key, "captured") - _kept(books, key), currency=currency),
                )
                for key, order, currency in _requests(books, "captured", order_id)
            ]

    def _answering(
        self, call: str, key: str, deed: Callable[[sqlite3.Connection], None], *, method: str = "", paid_by: str = ""
    ) -> Answer:
        with books_of("payments", _BOOKS) as books:
            method = method or _method(books, paid_by or key)
            tries = _count_try(books, call, key)
            ignored = method == CARD_FLAKY and tries <= 2
            if not ignored:
                deed(books)
            answer = _answer(books, key)
        if ignored:
            raise Unavailable("the simulated provider did not take the call", maybe_done=False)
        if settings.PAYMENT_SIMULATED_WEBHOOKS:
            self.send_webhooks(settings.PAYMENT_SIMULATED_WEBHOOKS)
        if method == CARD_SLOW:
            time.sleep(settings.PAYMENT_SIMULATED_SLOWNESS)
        if method == CARD_LOST_ANSWER and tries == 1:
            raise Unavailable("the simulated provider's answer was lost")
        if method == CARD_UNKNOWN and call in _NEVER_ANSWERED:
            raise Unavailable("the simulated provider never answers this")
        return answer or Answer(declined="no_such_authorization")


def signature(body: bytes, *, at: float | None = None) -> str:
    """The header that vouches for a webhook sent at that time, or now."""
    seconds = int(time.time() if at is None else at)
    return f"t={seconds},v1={_mac(seconds, body)}"


def _mac(seconds: int, body: bytes) -> str:
    signed = f"{seconds}.".encode() + body
    return hmac.new(settings.PAYMENT_WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()


def _verify(header: str, body: bytes) -> None:
    """Raises NotFromProvider."""
    if not settings.PAYMENT_WEBHOOK_SECRET:
        raise NotFromProvider("No webhook is believed while PAYMENT_WEBHOOK_SECRET is not given.")
    told = dict(part.partition("=")[::2] for part in header.split(","))
    seconds = told.get("t", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
        raise NotFromProvider("The signature is missing, or cannot be read.")
    if not hmac.compare_digest(_mac(int(seconds), body), told.get("v1", "")):
        raise NotFromProvider("The signature does not fit the body.")
    if abs(time.time() - int(seconds)) > TOLERANCE:
        raise NotFromProvider("The signature is too old.")


def _why_declined(method: str) -> str:
    if method in MAGIC_METHODS or method in RARE_METHODS:
        return _WHY_DECLINED.get(method, "")
    return "no_such_method"


def _why_not_taken(books: sqlite3.Connection, authorization: str, amount: int) -> str:
    if _method(books, authorization) == CARD_NO_CAPTURE:
        return "capture_failed"
    return "" if amount <= _held(books, authorization) else "not_held"


def _why_not_given_back(books: sqlite3.Connection, authorization: str, parts: Sequence[Part]) -> str:
    if _method(books, authorization) == CARD_NO_REFUND:
        return "refund_failed"
    if any(part.amount > _kept(books, part.capture) for part in parts):
        return "not_kept"
    taken, given, disputed, returned = (
        _sum(books, "authorization", authorization, kind) for kind in ("captured", "refunded", "disputed", "reinstated")
    )
    wanted = sum(part.amount for part in parts)
    return "charge_disputed" if wanted > taken - given - disputed + returned else ""


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


def _move(books: sqlite3.Connection, kind: Kind, amount: int, *, key: str, authorization: str) -> None:
    if amount:
        reference = f"sim_{secrets.token_hex(8)}"
        books.execute("INSERT INTO movement VALUES (?, ?, ?, ?, ?)", (reference, key, authorization, kind, amount))
        _tell(books, kind, reference, key)


def _tell(books: sqlite3.Connection, kind: str, reference: str, key: str) -> None:
    books.execute(
        "INSERT INTO news (id, kind, reference, key, at) VALUES (?, ?, ?, ?, ?)",
        (f"sim_evt_{secrets.token_hex(8)}", kind, reference, key, time.time()),
    )


def _body(id_: str, kind: str, key: str) -> bytes:
    return json.dumps({"id": id_, "kind": kind, "subject": key}).encode()


def _dispute(books: sqlite3.Connection, authorization: str, amount: int) -> None:
    """Has the customer's bank take back what was just captured, if the payment method is one of that kind."""
    outcome = _DISPUTES.get(_method(books, authorization))
    if outcome is None:
        return
    reference = f"sim_dp_{secrets.token_hex(8)}"
    books.execute("INSERT INTO dispute VALUES (?, ?, ?, 'open')", (reference, authorization, amount))
    _move(books, "disputed", amount, key=authorization, authorization=authorization)
    if outcome != "open":
        _decide(books, reference, authorization, amount, outcome)


def _decide(books: sqlite3.Connection, reference: str, authorization: str, amount: int, outcome: DisputeState) -> None:
    books.execute("UPDATE dispute SET state = ? WHERE reference = ?", (outcome, reference))
    if outcome == "won":
        _move(books, "reinstated", amount, key=authorization, authorization=authorization)
    else:
        _tell(books, "dispute_lost", reference, authorization)


def _sum(books: sqlite3.Connection, column: str, key: str, kind: str) -> int:
    moved = books.execute(f"SELECT COALESCE(SUM(amount), 0) FROM movement WHERE {column} = ? AND kind = ?", (key, kind))
    return int(moved.fetchone()[0])


def _kept(books: sqlite3.Connection, capture: str) -> int:
    """What was taken by a capture, and given back neither by undoing it nor in parts."""
    (parts,) = books.execute("SELECT COALESCE(SUM(amount), 0) FROM part WHERE capture = ?", (capture,)).fetchone()
    return _sum(books, "key", capture, "captured") - _sum(books, "key", capture, "refunded") - int(parts)


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
    disputed = books.execute("SELECT reference, amount, state FROM dispute WHERE authorization = ?", (key,))
    return Answer(
        movements=tuple(Movement(kind=kind, amount=amount, reference=reference) for kind, amount, reference in moved),
        declined=request[0],
        claims=tuple(
            Claim(reference=reference, amount=amount, state=state, reason="fraudulent")
            for reference, amount, state in disputed
        ),
    )
