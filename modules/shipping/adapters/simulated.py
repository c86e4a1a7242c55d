"""A carrier that carries nothing, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/carrier.sqlite3`, as the outside world does: they survive our
rollbacks, and tell checkers what really happened. Any number of threads and processes may use it at once.
"""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from modules.shipping.adapters import Carrier, Label, Parcel

NAME = "Simulated Parcel"

_BOOKS = """
CREATE TABLE IF NOT EXISTS label (
    reference TEXT PRIMARY KEY, tracking_number TEXT NOT NULL UNIQUE, country TEXT NOT NULL, pieces INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS voided (reference TEXT PRIMARY KEY);
"""


class SimulatedCarrier(Carrier):
    def buy_label(self, parcel: Parcel) -> Label:
        with self._books() as books:
            books.execute(
                "INSERT INTO label VALUES (?, ?, ?, ?) ON CONFLICT (reference) DO NOTHING",
                (
                    parcel.reference,
                    f"SIM{secrets.randbelow(10**12):012}",
                    parcel.ship_to.country,
                    sum(line.quantity for line in parcel.lines),
                ),
            )
            sold = books.execute("SELECT tracking_number FROM label WHERE reference = ?", (parcel.reference,))
            return Label(carrier=NAME, tracking_number=sold.fetchone()[0])

    def void_label(self, reference: str) -> bool:
        with self._books() as books:
            books.execute(
                "INSERT INTO voided SELECT reference FROM label WHERE reference = ? ON CONFLICT DO NOTHING",
                (reference,),
            )
        return True

    def labels(self) -> dict[str, str]:
        """Every label that was ever sold: tracking numbers by reference."""
        with self._books() as books:
            return dict(books.execute("SELECT reference, tracking_number FROM label").fetchall())

    def voided(self) -> set[str]:
        """The references of the labels that were given back."""
        with self._books() as books:
            return {reference for (reference,) in books.execute("SELECT reference FROM voided")}

    @contextlib.contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        path = Path(settings.VAR) / "outside" / "carrier.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as books:
            books.execute("PRAGMA journal_mode = WAL")
            for statement in _BOOKS.split(";"):
                books.execute(statement)
            yield books
