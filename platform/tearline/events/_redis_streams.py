"""Events over Redis: a stream for each source, `tearline:events:<source>`, an entry for each event."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import redis

from tearline.events._broker import KEPT, BrokerAway, Cursor, Heard, Told

FIELD = b"cloudevent"
IN_TIME = {"socket_connect_timeout": 2.0, "socket_timeout": 5.0, "socket_keepalive": True, "health_check_interval": 5}
START = "0-0"


class RedisStreams:
    """A cursor is the id of a stream's entry. Safe to share between threads, and across a fork."""

    transport = "redis"

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(url, **IN_TIME)

    def ping(self) -> None:
        with _answering():
            self._redis.ping()

    def send(self, source: str, told: Sequence[Told]) -> Cursor:
        oldest = datetime.now(UTC) - KEPT
        with _answering(), self._redis.pipeline(transaction=True) as pipeline:
            for each in told:
                pipeline.xadd(_stream(source), {FIELD: each.told})
            pipeline.xtrim(_stream(source), minid=f"{oldest.timestamp() * 1000:.0f}-0", approximate=False)
            *ids, _ = pipeline.execute()
            return str(ids[-1].decode())

    def keeps(self, source: str, place: Cursor) -> bool:
        with _answering():
            return bool(self._redis.xrange(_stream(source), min=place, max=place)) or _is_old(place)

    def read(self, source: str, after: Cursor, *, limit: int) -> list[Heard]:
        with _answering():
            if found := self._redis.xrange(_stream(source), min=f"({after or START}", count=limit):
                return _heard(found)
            if not after or self._last(source) >= _place(after):
                return []
            return _heard(self._redis.xrange(_stream(source), count=limit))

    def wait(self, cursors: Mapping[str, Cursor], *, seconds: float) -> None:
        streams = {_stream(source): cursor or START for source, cursor in cursors.items()}
        with _answering():
            self._redis.xread(streams, count=1, block=int(seconds * 1000))

    def _last(self, source: str) -> tuple[int, int]:
        """The place of the last entry that was ever added, the first one of all if there is no stream."""
        last = self._redis.xrevrange(_stream(source), count=1)
        return _place(last[0][0].decode()) if last else (0, 0)


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise BrokerAway(str(error)) from error


def _stream(source: str) -> str:
    return f"tearline:events:{source}"


def _heard(entries: Sequence[Any]) -> list[Heard]:
    return [Heard(entry_id.decode(), fields.get(FIELD, b"")) for entry_id, fields in entries]


def _place(cursor: Cursor) -> tuple[int, int]:
    milliseconds, _, number = cursor.partition("-")
    return int(milliseconds), int(number)


def _is_old(cursor: Cursor) -> bool:
    """Whether it may have been trimmed, in good order."""
    return datetime.fromtimestamp(_place(cursor)[0] / 1000, UTC) < datetime.now(UTC) - KEPT
