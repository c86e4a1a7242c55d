"""What carries events between processes, and what is asked of it. In one process nothing does: no broker is needed.

A broker keeps, for each publishing module, what was sent, in the order in which it was sent. Whoever hears it remembers
how far it has read (a cursor, in its own database, committed together with what was read), so a broker needs to know
nothing of who hears what, and nothing is lost or doubled when a reader dies.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

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

    def send(self, source: str, told: Sequence[Told]) -> Cursor:
        """Keep what a module has to tell, for all who want to hear it. Its place, for `keeps`."""
        ...

    def keeps(self, source: str, place: Cursor) -> bool:
        """Whether what was sent is still there, or was let go after its time; or else has been forgotten."""
        ...

    def read(self, source: str, after: Cursor, *, limit: int) -> list[Heard]:
        """What a module has told since, in order. From the beginning, when the broker has forgotten the cursor."""
        ...

    def wait(self, cursors: Mapping[str, Cursor], *, seconds: float) -> None:
        """Until one of these sources may have more to tell, or the time is over."""
        ...


class BrokerAway(Exception):
    """It does not answer. Nothing is known of what it was asked to keep: send it again."""


def broker() -> Broker | None:
    """What carries events to and from other processes; None when there are none. Raises ImproperlyConfigured."""
    topology = settings.TEARLINE_TOPOLOGY
    if topology.hosted == topology.modules:
        return None
    broker = _at(settings.EVENTS_URL)
    if broker.transport != topology.transport:
        raise ImproperlyConfigured(
            f"topology.toml says that events travel by {topology.transport}, and EVENTS_URL leads to {broker.transport}"
        )
    return broker


@functools.cache
def _at(url: str) -> Broker:
    if url.startswith(("redis://", "rediss://", "unix://")):
        from tearline.events._redis_streams import RedisStreams

        return RedisStreams(url)
    if url.startswith("kafka://"):
        from tearline.events._kafka_topics import KafkaTopics

        return KafkaTopics(url.removeprefix("kafka://"))
    raise ImproperlyConfigured(
        "topology.toml has more than one process, and events have to get from one to the other:"
        " give EVENTS_URL or REDIS_URL, as in redis://127.0.0.1:6379/0 or kafka://127.0.0.1:9092"
    )
