"""How many requests are carried out at once, how many wait for their turn, and what all others are told.

A server that takes whatever comes answers everybody too late as soon as more comes than it can carry out. This one
carries out `places` requests at a time. `queue` more wait, in the order in which they came, for `patience` seconds at
most. When somebody has been waiting for as long as that without a pause, the queue is not a burst but a standing one,
in which waiting helps nobody: who joins it then has a tenth of the patience ("Fail at Scale", ACM Queue 13/8, 2015).
Whoever finds the queue full, or whose patience ends, is refused: 503 `overloaded`, before anything is looked at.

Requests that bring to an end what others have begun are urgent: they go first, and find room where the queue is full.
Probes and metrics pass by all of this.

The layer stands between the server and Django, so that a refusal costs some microseconds, and no connection.
"""

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.http import HttpResponse

from tearline.api._codes import BY_CODE
from tearline.databases import give_back_idle
from tearline.exchanges import CALL, name_of
from tearline.observability import requests_refused
from tearline.problems import MEDIA_TYPE
from tearline.request_ids import HEADER, request_id_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Because = Literal["full", "late", "bodies"]

NEVER_REFUSED = ("/health/", "/metrics")
RESERVED = 8
"""How many urgent requests may wait where the queue is full."""
REFUSING = 16
"""Threads for answers that take no time: refusals, probes."""
STANDING = 0.1
"""What is left of the patience in a standing queue."""
RETRY_AFTER = (1, 5)
"""Seconds, drawn: whoever is refused together shall not come back together."""


class Overloaded(Exception):
    """There is no place for this request. Nothing of it was done."""

    def __init__(self, because: Because) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, eq=False)
class Turn:
    """What somebody waits for, in which line, and for how many seconds at most."""

    line: "deque[Turn]"
    patience: float
    come: threading.Event = field(default_factory=threading.Event)


class Admission:
    """A number of places, and a bounded queue for them."""

    def __init__(self, *, places: int, queue: int, patience: float, now: Callable[[], float] = time.monotonic) -> None:
        self._free, self._queue, self._patience, self._now = places, queue, patience, now
        self._urgent: deque[Turn] = deque()
        self._usual: deque[Turn] = deque()
        self._nobody_waited_at = now()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, *, urgent: bool = False) -> Iterator[None]:
        """One of the places, as soon as it is this caller's turn. Raises Overloaded when that does not come in time."""
        if turn := self._join(urgent=urgent):
            self._wait_for(turn)
        try:
            yield
        finally:
            self._give_back()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._usual)

    def _join(self, *, urgent: bool) -> Turn | None:
        """None: a place was free, and is taken. Raises Overloaded."""
        with self._lock:
            if not self.waiting:
                self._nobody_waited_at = self._now()
                if self._free:
                    self._free -= 1
                    return None
            if self.waiting >= self._queue + (RESERVED if urgent else 0):
                raise Overloaded("full")
            turn = Turn(self._urgent, self._patience) if urgent else Turn(self._usual, self._patience_now())
            turn.line.append(turn)
            return turn

    def _patience_now(self) -> float:
        standing = self._now() - self._nobody_waited_at > self._patience
        return self._patience * STANDING if standing else self._patience

    def _wait_for(self, turn: Turn) -> None:
        """Raises Overloaded."""
        give_back_idle()
        if turn.come.wait(turn.patience):
            return
        with self._lock:
            if turn.come.is_set():  # just now
                return
            turn.line.remove(turn)
        raise Overloaded("late")

    def _give_back(self) -> None:
        with self._lock:
            if line := self._urgent or self._usual:
                line.popleft().come.set()
            else:
                self._free += 1


class Admitting:
    """A WSGI application around another, which is given the requests that there is a place for."""

    def __init__(self, application: "WSGIApplication", admission: Admission, *, urgent: Sequence[str]) -> None:
        """`urgent`: how the paths of urgent requests begin."""
        self._application, self._admission, self._urgent = application, admission, tuple(urgent)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(NEVER_REFUSED):
            return self._application(environ, start_response)
        try:
            with self._admission.place(urgent=path.startswith(self._urgent)):
                return _whole(self._application(environ, start_response))
        except Overloaded as overloaded:
            return refuse(environ, start_response, because=overloaded.because)


def _whole(response: Iterable[bytes]) -> Iterable[bytes]:
    """The same answer, closed: it holds no connection any more while the server sends it. A stream stays as it is."""
    if not isinstance(response, HttpResponse):
        return response
    body = response.content
    response.close()
    return [body]


def admitting(application: "WSGIApplication") -> Admitting:
    """By the settings."""
    admission = Admission(
        places=settings.TEARLINE_SERVER_THREADS,
        queue=settings.TEARLINE_SERVER_QUEUE,
        patience=settings.TEARLINE_SERVER_PATIENCE,
    )
    return Admitting(application, admission, urgent=settings.TEARLINE_URGENT)


def threads() -> int:
    """How many a server needs: one for each request that is carried out or waits, and some to refuse the others."""
    return int(settings.TEARLINE_SERVER_THREADS + settings.TEARLINE_SERVER_QUEUE) + RESERVED + REFUSING


def refuse(environ: "WSGIEnvironment", start_response: "StartResponse", *, because: Because) -> list[bytes]:
    """Says what `tearline.api.Problem` would say, without a request for it to be said to."""
    requests_refused.labels(because).inc()
    request_id = request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
    told = BY_CODE["overloaded"].told(instance=environ["PATH_INFO"], request_id=request_id)
    body = json.dumps(told).encode()
    headers = [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Retry-After", str(random.randint(*RETRY_AFTER))),  # noqa: S311 - spreads load, hides nothing
        (HEADER, request_id),
    ]
    if call := name_of(environ.get("HTTP_TEARLINE_CALL", "")):
        headers.append((CALL, call))
    start_response("503 Service Unavailable", headers)
    return [body]
