import contextlib
import threading
from collections import deque
from collections.abc import Iterator


class Turns:
    """The right to write one database file, handed from thread to thread in the order of asking.

    SQLite's own waiting polls: under many writers some starve until their timeout. Here whoever waits longest is next.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, timeout: float) -> bool:
        """Wait for our turn, at most so many seconds. Says whether it is ours; if so, it must be given back."""
        with self._changing:
            if not self._taken:
                self._taken = True
                return True
            ours = threading.Event()
            self._waiting.append(ours)
        try:
            ours.wait(timeout)
        except BaseException:
            if self._leave(ours):
                self.give()
            raise
        return self._leave(ours)

    def give(self) -> None:
        """Give our turn to whoever has waited longest."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def _leave(self, ours: threading.Event) -> bool:
        """Stop waiting. Says whether the turn became ours, perhaps in the last moment."""
        with self._changing:
            if ours.is_set():
                return True
            self._waiting.remove(ours)
            return False


_turns: dict[str, Turns] = {}


def turns_of(database: str) -> Turns:
    """The one queue of this process for this database file."""
    return _turns.setdefault(database, Turns())


@contextlib.contextmanager
def turn(turns: Turns, timeout: float) -> Iterator[bool]:
    """Ours within, if it says so."""
    ours = turns.take(timeout)
    try:
        yield ours
    finally:
        if ours:
            turns.give()
