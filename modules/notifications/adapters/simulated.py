"""A carrier of texts that carries nothing, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/texts.sqlite3`, as the outside world does: they survive our
rollbacks, and tell checkers what really happened. Any number of threads and processes may use it at once.
"""

from modules.notifications.adapters.texts import Text, Texts
from tearline.outside import books_of

NOBODYS = "+15005550001"
"""A number that no text gets to: Twilio's own for that."""

_BOOKS = "CREATE TABLE IF NOT EXISTS text (reference TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL)"


class SimulatedTexts(Texts):
    def send(self, text: Text) -> str:
        if text.to == NOBODYS:
            return "no text gets to that number"
        with books_of("texts", _BOOKS) as books:
            books.execute("INSERT INTO text VALUES (?, ?, ?)", (text.reference, text.to, text.body))
        return ""

    def sent(self) -> list[Text]:
        """Every text that was ever sent, oldest first."""
        with books_of("texts", _BOOKS) as books:
            rows = books.execute("SELECT reference, recipient, body FROM text ORDER BY rowid").fetchall()
            return [Text(reference=reference, to=to, body=body) for reference, to, body in rows]
