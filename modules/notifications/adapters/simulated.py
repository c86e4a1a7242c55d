"""A carrier of texts that carries nothing, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/texts.sqlite3`, as the outside world does: they survive our
rollbacks, and tell checkers what really happened. Any number of threads and processes may use it at once.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from modules.notifications.adapters.texts import Text, Texts

NOBODYS = "+15005550001"
"""A number that no text gets to: Twilio's own for that."""

_BOOKS = "CREATE TABLE IF NOT EXISTS text (reference TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL)"


class SimulatedTexts(Texts):
    def send(self, text: Text) -> str:
        if text.to == NOBODYS:
            return "no text gets to that number"
        with self._books() as books:
            books.execute("INSERT INTO text VALUES (?, ?, ?)", (text.reference, text.to, text.body))
        return ""

    def sent(self) -> list[Text]:
        """Every text that was ever sent, oldest first."""
        with self._books() as books:
            rows = books.execute("SELECT reference, recipient, body FROM text ORDER BY rowid").fetchall()
            return [Text(reference=reference, to=to, body=body) for reference, to, body in rows]

    @contextlib.contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        path = Path(settings.VAR) / "outside" / "texts.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as books:
            books.execute("PRAGMA journal_mode = WAL")
            books.execute(_BOOKS)
            yield books
