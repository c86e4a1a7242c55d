"""Whoever sends a body slowly holds the thread that reads it, and no server can leave a body that it has begun
to read.

So bodies are read before anything else is done, and half of the server's threads read bodies at most. While slow ones
hold all of these, whoever sends another is refused after a moment, unread: 503 `overloaded`. A request waits for its
turn (`tearline.admission`) when its body is there, so that slow ones keep nobody else from being answered.
"""

from io import BytesIO
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING

from tearline import admission
from tearline.exchanges import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

A_MOMENT = 0.1
"""Seconds. Bodies that are there are read in far less."""


class Arriving:
    """A WSGI application around another, which is given requests whose bodies are there.

    What is too large, or does not say how large it is, is passed on unread, to be refused.
    """

    def __init__(self, application: "WSGIApplication", *, seats: int) -> None:
        """`seats`: how many bodies are read at once."""
        self._application, self._seats = application, BoundedSemaphore(seats)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        length = str(environ.get("CONTENT_LENGTH") or "")
        if not length.isdecimal() or not 0 < int(length) <= LARGEST_BODY:
            return self._application(environ, start_response)
        if not self._seats.acquire(timeout=A_MOMENT):
            return admission.refuse(environ, start_response, because="bodies")
        try:
            body = _read(environ["wsgi.input"], int(length))
        finally:
            self._seats.release()
        return self._application(environ | {"wsgi.input": BytesIO(body)}, start_response)


def _read(stream: IO[bytes], length: int) -> bytes:
    """Less, when whoever sends it is gone."""
    body = b""
    try:
        while len(body) < length and (more := stream.read(length - len(body))):
            body += more
    except OSError:
        return b""
    return body


def arriving(application: "WSGIApplication") -> Arriving:
    """By the settings."""
    return Arriving(application, seats=admission.threads() // 2)
