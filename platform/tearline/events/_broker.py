"""What carries events between processes, and what is asked of it.

A broker keeps, for each source (see `_sources`), what was sent, in the order in which it was sent. Whoever hears it
remembers how far it has read (a cursor, in its own database, committed together with what was read), so a broker needs
to know nothing of who hears what, and nothing is lost or doubled when a reader dies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

Cursor = str
"""How far something was read, in a broker's own words. Empty: not at all."""


KEPT = timedelta(days=7)
"""How long a broker keeps an event for those who have not read it."""


@dataclass(frozen=True)
class Told:
    """What is told under one key keeps its order."""

    key: str
    told: bytes


@dataclass(frozen=True)
class Heard:
    """`cursor`: where to go on after this."""

    cursor: Cursor
    told: bytes


class Broker(Protocol):
    """Every call may raise BrokerAway. `transport`: what topology.toml calls it."""

    transport: str

    def ping(self) -> None:
        """Whether it answers."""
        ...

    def send(self, source: str, told: Sequence[Told]) -> Cursor:
        """Keep what a source has to tell, for all who want to hear it. Its place, for `keeps`."""
        ...

    def keeps(self, source: str, place: Cursor) -> bool:
        """Whether what was sent is still there, or was let go after its time; or else has been forgotten."""
        ...

    def read(self, source: str, after: Cursor, *, limit: int) -> list[Heard]:
        """What a source has told since, in order. From the beginning, when the broker has forgotten the cursor."""
        ...

    def wait(self, cursors: Mapping[str, Cursor], *, seconds: float) -> None:
        """Until one of these sources may have more to tell, or the time is over."""
        ...


class BrokerAway(Exception):
    """It does not answer. Nothing is known of what it was asked to keep: send it again."""
