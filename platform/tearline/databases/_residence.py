"""Where a module's rows are served from, as the rows say themselves: the table `tearline_residence` of each place.

A module has one place, or two: where it is by the environment, and where it may move to (`ELSEWHERE` in the settings
of its database). A place without a row serves. One that was left says so for ever, and names the move; the place that
the same move has come to serves. Between the two nobody is served: whoever moves the rows holds a lock that dies with
it, on a file beside an SQLite database or within PostgreSQL, and for as long as it does the module is paused.

Every process looks at most so often, on a connection that it has open anyway, and never within a transaction. Threads
that have a connection to a place that was left open their next one where the rows are now. That needs no restart when
both places have the same engine.
"""

import contextlib
import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections
from django.db.utils import ConnectionHandler, load_backend

from tearline.contracts import Unavailable
from tearline.databases._transactions import give_back_idle

LEFT = "the rows of this module are served from another database"
"""What a place that was left says to whoever writes there."""

LOOK_EVERY = 0.5
"""Seconds after which a process looks again whether its module is being moved. So late it may hear of it."""

WHILE_AWAY = 0.1
"""The same while it is."""

PATIENCE = 15.0
"""Seconds for which what was under way when a move began waits to be written down where the rows then are."""

ADVISORY_LOCK = f"{int.from_bytes(b'move', 'big'):d}, hashtext(current_schema()) & 2147483647"
"""SQL for the two numbers of the lock that is held on PostgreSQL while the rows of a schema are moved."""

State = Literal["serving", "arriving", "left"]

logger = logging.getLogger(__name__)


class Moved(OperationalError):
    """The rows are no longer served from where this process looks for them, and it cannot tell from where."""


@dataclass(frozen=True)
class Seen:
    """What a place said of itself. `age`: since how many seconds it is so; `moving`: somebody is moving its rows."""

    state: State = "serving"
    move: str = ""
    age: float = float("inf")
    moving: bool = False

    @property
    def serves(self) -> bool:
        return self.state == "serving" and not self.moving


class Place(Protocol):
    """Our database wrappers."""

    alias: str
    settings_dict: dict[str, Any]
    in_atomic_block: bool
    connection: Any

    @property
    def wrap_database_errors(self) -> Any: ...

    def seen(self) -> Seen:
        """What the place says, without Django's cursors: nobody counts or logs it. On an open connection."""
        ...

    def ensure_connection(self) -> None: ...

    def close(self) -> None: ...


class Residence:
    """Where one module is served from, as far as this process knows."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.here: dict[str, Any] = connections.settings[module]
        self.other: dict[str, Any] | None = self.here.get("ELSEWHERE")
        if self.other is not None:
            _filled(self.other)
        self.seen = Seen()
        self.lost = ""  # why it cannot be told where the rows are
        self._good_until = 0.0
        self._looking = threading.Lock()
        self._looker: int | None = None

    def look(self, place: Place) -> None:
        """Unless somebody has just done so, or is at it. What was seen last holds when the database does not answer."""
        if time.monotonic() < self._good_until or not self._looking.acquire(blocking=False):
            return
        self._looker = threading.get_ident()
        try:
            with _kept_as_it_was(place):
                place.ensure_connection()
                with place.wrap_database_errors:
                    seen = place.seen()
                self._take_in(seen)
        except Error as error:
            logger.warning("whether %s is being moved cannot be told: %s", self.module, error)
        finally:
            self._good_until = time.monotonic() + (LOOK_EVERY if self.seen.serves else WHILE_AWAY)
            self._looker = None
            self._looking.release()

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nobody but whoever is looking has a use for a connection."""
        return bool(self.lost) and self._looker != threading.get_ident()

    def forget(self) -> None:
        """Look again before the next answer."""
        self._good_until = 0.0

    def start_anew(self) -> None:
        """In a forked process, whose parent may have been looking."""
        self._looking, self._looker = threading.Lock(), None
        self.forget()

    def begin(self) -> None:
        """Before the first connection: begin where the rows are, even if that is another engine's."""
        if self.other is not None:
            with contextlib.suppress(Error), alone(self.here, self.module) as place:
                with place.wrap_database_errors:
                    left = place.seen()
                if left.state == "left" and (arrived := self._arrived(left.move)).state == "serving":
                    self._go(arrived)

    def _take_in(self, seen: Seen) -> None:
        self.seen = seen
        if seen.state != "left":
            self.lost = ""
            return
        arrived = self._arrived(seen.move)
        self._tell(self._lost(arrived))
        if arrived.serves and not self.lost:
            self._go(arrived)

    def _arrived(self, move: str) -> Seen:
        """What the other place says, if this move has come there. Raises Error."""
        if self.other is None:
            return Seen("left")
        with alone(self.other, self.module) as place, place.wrap_database_errors:
            seen: Seen = place.seen()
        return seen if seen.move == move else Seen("left")

    def _lost(self, arrived: Seen) -> str:
        variable = f"{self.module.upper()}_MOVES_TO_DATABASE_URL"
        if self.other is None:
            return f"{self.module} has moved to another database: give {variable}, or make that one the usual one"
        if arrived.state == "left":
            return f"{self.module} has moved to another database than {variable} says"
        if arrived.state == "serving" and self.other["ENGINE"] != self.here["ENGINE"]:
            return f"{self.module} has moved to a database of another kind: start this process again"
        return ""

    def _tell(self, lost: str) -> None:
        if lost and lost != self.lost:
            logger.error("%s", lost)
        self.lost = lost

    def _go(self, arrived: Seen) -> None:
        """From now on the other place is here."""
        left, self.here, self.other, self.seen = self.here, self.other or self.here, self.here, arrived
        _left.pop(id(self.here), None)
        _left[id(left)] = left
        connections.settings[self.module] = self.here
        logger.info("%s is served from where it has moved to", self.module)


_residences: dict[str, Residence] = {}
_left: dict[int, dict[str, Any]] = {}
"""The settings of places that were left, by their identity: who was told others looks where those lead."""


def residence_of(module: str) -> Residence | None:
    """None for what is no module here: it never moves."""
    if module not in _residences:
        if module not in settings.TEARLINE_TOPOLOGY.hosted or module not in connections.settings:
            return None
        _residences.setdefault(module, Residence(module))
    return _residences[module]


def begin_where_the_rows_are() -> None:
    """Once the settings are there: for every module that may have moved."""
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        if residence := residence_of(module):
            residence.begin()


def serves(module: str) -> bool:
    """Whether the module's rows may be used, as of a moment ago. Looks when that is too long ago."""
    residence = residence_of(module)
    if residence is None:
        return True
    place: Any = connections[module]
    if not place.in_atomic_block and hasattr(place, "seen"):
        residence.look(place)
    return residence.seen.serves


def refuse_unless_served(module: str) -> None:
    """Raises Unavailable while its rows are being moved: nothing has happened."""
    if not serves(module):
        residence = residence_of(module)
        why = (residence and residence.lost) or f"{module} is being moved to another database"
        raise Unavailable(why, maybe_done=False, retry_after=1)


def refuse_if_lost(module: str) -> None:
    """Raises Moved when its rows are elsewhere, and this process cannot follow."""
    residence = residence_of(module)
    if residence is not None and not serves(module) and residence.lost:
        raise Moved(residence.lost)


def wait_until_served(module: str) -> None:
    """For what was under way already. Goes on after PATIENCE, or with a transaction open: the database then says no."""
    if connections[module].in_atomic_block or serves(module):
        return
    give_back_idle()
    until = time.monotonic() + PATIENCE
    while not serves(module) and time.monotonic() < until:
        time.sleep(WHILE_AWAY / 2)


def served_for(module: str) -> float:
    """For how many seconds the module has been served from where it is; without end if it never moved."""
    residence = residence_of(module)
    return residence.seen.age if residence else float("inf")


def look_again() -> None:
    """Take nothing for known."""
    for residence in _residences.values():
        residence.forget()


def _start_anew() -> None:
    for residence in _residences.values():
        residence.start_anew()


os.register_at_fork(after_in_child=_start_anew)


def follow(place: Place) -> bool:
    """Lead a wrapper away from a place that was left. Whether it was led."""
    if not _left or place.in_atomic_block or id(place.settings_dict) not in _left:
        return False
    residence = residence_of(place.alias)
    if residence is None or residence.here is place.settings_dict:
        return False
    place.close()
    if hasattr(place, "close_pool"):
        place.close_pool()
    place.settings_dict = residence.here
    return True


def opened(place: Place) -> None:
    """A connection was opened: see whether it is to the right place. Raises Moved when nobody knows which that is."""
    residence = residence_of(place.alias)
    if residence is None or place.settings_dict is not residence.here:
        return  # whoever has settings of his own knows where they lead
    residence.look(place)
    if residence.is_out_of_reach:
        place.close()
        raise Moved(residence.lost)
    if follow(place) or place.connection is None:  # it was found dead by looking
        place.ensure_connection()


@contextlib.contextmanager
def alone(told: Mapping[str, Any], alias: str, **changed: Any) -> Iterator[Any]:
    """An open connection to a place, outside of any pool. `changed`: settings that are others."""
    options = {name: value for name, value in told["OPTIONS"].items() if name != "pool"}
    wrapper = load_backend(told["ENGINE"]).DatabaseWrapper({**told, "OPTIONS": options, **changed}, alias)
    try:
        wrapper.ensure_connection()
        yield wrapper
    finally:
        wrapper.close()


def lock_file(database: str) -> Path:
    """The file that is locked while the rows in this SQLite file are moved."""
    return Path(f"{database}-moving")


def is_locked(path: Path) -> bool:
    """Whether somebody who lives holds it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _filled(database: dict[str, Any]) -> None:
    """With Django's own defaults."""
    _ = ConnectionHandler({DEFAULT_DB_ALIAS: database}).settings


@contextlib.contextmanager
def _kept_as_it_was(place: Place) -> Iterator[None]:
    """A connection that was opened for a look is not kept."""
    keep = place.connection is not None
    try:
        yield
    except Error:
        keep = False
        raise
    finally:
        if not keep:
            place.close()
