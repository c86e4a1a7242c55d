"""An address in front of a server, behind which the network fails at the moment that a test has chosen.

A request is what a client sends before it waits for an answer. Those that matter are counted (with PostgreSQL: those
that commit), and at one of them a fault happens:

| fault      | the server has done it | the client sees                    |
|------------|------------------------|------------------------------------|
| unheard    | no                     | a connection that breaks off       |
| unanswered | yes                    | the same, and cannot tell which    |
| halved     | yes                    | half an answer, and then the same  |
| stalled    | yes                    | the answer, STALL seconds late     |
| dripping   | yes                    | the answer, byte by byte           |
| doubled    | twice                  | both answers                       |
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self, get_args

Cut = Literal["unheard", "unanswered", "halved", "stalled"]
"""What may happen to any connection."""

Fault = Cut | Literal["dripping", "doubled"]
"""What else may happen where each request is whole, as in HTTP."""

FAULTS: tuple[Cut, ...] = get_args(Cut)
STALL = 2.0  # seconds
DRIP = 0.1  # seconds between two bytes


class BrokenOff(ConnectionError):
    """This connection is no more."""


@dataclass(frozen=True)
class Request:
    """The bytes, what can be read in them, and whether they are counted."""

    sent: bytes
    text: str
    matters: bool


class Talk(Protocol):
    """What is said on one connection, in some protocol."""

    def request(self, heard: bytearray) -> Request | None:
        """Take the next whole request off the front, if there is one."""
        ...

    def answer(self, heard: bytes) -> bool:
        """Whether an answer ends with this."""
        ...


Connect = Callable[[], socket.socket]


def at(port: int) -> Connect:
    """Connects to a server on this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port))


class Proxy:
    """Carries connections to a server. `counted`: the texts of the requests that matter, since the last plan."""

    def __init__(self, connect: Connect, talk: Callable[[], Talk]) -> None:
        self._connect, self._talk = connect, talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self.plan(None, 0)
        threading.Thread(target=self._accept, daemon=True).start()

    def plan(self, fault: Fault | None, nth: int, *, among: Sequence[str] = ()) -> None:
        """Count anew, and have this happen at the nth request that matters. None: only count.

        `among`: count those alone in whose text there is all of this.
        """
        with self._lock:
            self._fault, self._nth, self._among = fault, nth, among
            self.counted: list[str] = []
            self.struck = threading.Event()

    def close(self) -> None:
        """No new connections, from this moment on: closing alone would let in one more, that is waited for already."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client:
            try:
                with self._connect() as server:
                    _Line(client, server, self._talk(), self._fault_of).carry()
            except OSError:
                return  # one side is gone, and so is the other

    def _fault_of(self, request: Request) -> Fault | None:
        if not request.matters:
            return None
        with self._lock:
            if not all(part in request.text for part in self._among):
                return None
            self.counted.append(request.text)
            if self._fault is None or len(self.counted) != self._nth:
                return None
            self.struck.set()
            return self._fault


class _Line:
    """One connection, and the fault that its open request meets."""

    def __init__(
        self, client: socket.socket, server: socket.socket, talk: Talk, fault_of: Callable[[Request], Fault | None]
    ) -> None:
        self._client, self._server, self._talk, self._fault_of = client, server, talk, fault_of
        self._asked, self._withheld = bytearray(), bytearray()
        self._fault: Fault | None = None

    def carry(self) -> None:
        """Until one of the two is gone."""
        while True:
            ready, _, _ = select.select([self._client, self._server], [], [])
            if self._server in ready:
                self._pass_back(_received(self._server))
            if self._client in ready:
                self._pass_on(_received(self._client))

    def _pass_on(self, heard: bytes) -> None:
        self._asked += heard
        while request := self._talk.request(self._asked):
            self._fault = self._fault_of(request)
            if self._fault == "unheard":
                raise BrokenOff
            self._server.sendall(request.sent)
            if self._fault == "doubled":
                self._server.sendall(request.sent)
                self._fault = None

    def _pass_back(self, heard: bytes) -> None:
        ended = self._talk.answer(heard)
        self._withheld += heard
        if self._fault is not None:
            if not ended:
                return
            self._strike(self._fault)
        self._client.sendall(self._withheld)
        self._withheld.clear()

    def _strike(self, fault: Fault) -> None:
        if fault == "stalled":
            time.sleep(STALL)
            self._fault = None
            return
        if fault == "dripping":
            for byte in self._withheld:
                self._client.sendall(bytes([byte]))
                time.sleep(DRIP)
        if fault == "halved":
            self._client.sendall(self._withheld[: len(self._withheld) // 2])
        raise BrokenOff


def _received(side: socket.socket) -> bytes:
    heard = side.recv(1 << 16)
    if not heard:
        raise BrokenOff
    return heard
