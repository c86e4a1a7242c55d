"""Whoever sends a body slowly holds the thread that reads it, and no server can leave a body that it has begun
to read.

So half of the server's threads read bodies at most. While slow ones hold all of these, whoever sends another is told so
after a moment, before anything is read or done; and whoever only asks is answered by the other half.
"""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, Protocol

from tearline.api import Problem

A_MOMENT = 0.1
"""Seconds. Bodies that are there are read in far less."""


class Stream(Protocol):
    """What a WSGI server gives to read a body from."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, when they are there."""
        ...

    def readline(self, size: int = -1, /) -> bytes:
        """A line, when it is there."""
        ...


class SeatedStream:
    """Reads while there is a seat for it. Raises Problem (503)."""

    def __init__(self, stream: Stream, seats: BoundedSemaphore) -> None:
        self._stream = stream
        self._seats = seats

    def read(self, size: int = -1, /) -> bytes:
        """Raises Problem."""
        return self._seated(self._stream.read, size)

    def readline(self, size: int = -1, /) -> bytes:
        """Raises Problem."""
        return self._seated(self._stream.readline, size)

    def _seated(self, read: Callable[[int], bytes], size: int) -> bytes:
        if not self._seats.acquire(timeout=A_MOMENT):
            detail = "Too many bodies are on their way. Nothing was read of this one."
            raise Problem(503, "unavailable", detail, retryable=True, headers={"Retry-After": "1"})
        try:
            return read(size)
        finally:
            self._seats.release()


def seating(application: Callable[..., Any], *, threads: int) -> Callable[..., Any]:
    """The same WSGI application, half of whose threads read bodies at most."""
    seats = BoundedSemaphore(max(1, threads // 2))

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        body = SeatedStream(environ["wsgi.input"], seats)
        return application(environ | {"wsgi.input": body}, start_response)

    return answer
