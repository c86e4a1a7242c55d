"""An address in front of a server, behind which the network fails at the moment that a test has chosen.

A request is what a client sends before it waits for an answer. Those that matter are counted (with PostgreSQL: those
that commit), and at one of them a fault happens:

| fault      | the server has done it | the client sees                    |
|------------|------------------------|------------------------------------|
| unheard    | no                     | a connection that breaks off       |
| unanswered | yes                    | the same, and cannot tell which    |
| halved     | yes                    | half an answer, and then the same  |
| stalled    | yes                    | the answer, STALL seconds late     |
"""

import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol, get_args
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

Fault = Literal["unheard", "unanswered", "halved", "stalled"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
STALL = 2.0  # seconds


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


class Proxy:
    """Carries connections to a server. `counted`: the texts of the requests that matter, since the last plan."""

    def __init__(self, connect: Callable[[], socket.socket], talk: Callable[[], Talk]) -> None:
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
        """No new connections."""
        self._listener.close()

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
        if fault == "halved":
            self._client.sendall(self._withheld[: len(self._withheld) // 2])
        raise BrokenOff


def _received(side: socket.socket) -> bytes:
    heard = side.recv(1 << 16)
    if not heard:
        raise BrokenOff
    return heard


# PostgreSQL

WAITS_AFTER = b"QSpXHcf"
"""Messages after which a client waits, or leaves: Query, Sync, Password, Terminate, Flush, CopyDone, CopyFail."""

COMMITS = re.compile(r"(^|;)\s*COMMIT\s*;?\s*$", re.IGNORECASE)
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


class PostgreSQL:
    """Its protocol, unencrypted. What commits is a COMMIT, and what writes while no transaction is open.

    The text of what commits is that of the whole transaction.
    """

    def __init__(self) -> None:
        self._begun = False
        self._in_transaction = False
        self._statements: dict[str, str] = {}
        self._answer = bytearray()
        self._told: list[str] = []

    def request(self, heard: bytearray) -> Request | None:
        sent = self._waiting(heard) if self._begun else self._opening(heard)
        if not sent:
            return None
        del heard[: len(sent)]
        if not self._begun:
            self._begun = sent[4:6] == b"\0\3"  # the version; what asks for encryption has another number there
            return Request(sent, "", matters=False)
        text = "; ".join(self._read(sent))
        self._told = [*self._told, text] if self._in_transaction else [text]
        return Request(sent, "; ".join(self._told), self._commits(text))

    def answer(self, heard: bytes) -> bool:
        """It ends with ReadyForQuery, which says whether a transaction is open."""
        if not self._begun:
            return True
        self._answer += heard
        whole = list(_messages(self._answer))
        if not whole:
            return False
        kind, body, end = whole[-1]
        del self._answer[:end]
        if kind == b"Z":
            self._in_transaction = body != b"I"
        return kind == b"Z"

    def _opening(self, heard: bytearray) -> bytes:
        length = int.from_bytes(heard[:4], "big")
        return bytes(heard[:length]) if len(heard) >= max(length, 8) else b""

    def _waiting(self, heard: bytearray) -> bytes:
        for kind, _, end in _messages(heard):
            if kind in WAITS_AFTER:
                return bytes(heard[:end])
        return b""

    def _read(self, sent: bytes) -> Iterator[str]:
        """The statements that are to be executed."""
        for kind, body, _ in _messages(sent):
            if kind == b"Q":
                yield _strings(body)[0]
            elif kind == b"P":
                name, statement = _strings(body)[:2]
                self._statements[name] = statement
            elif kind == b"B":
                yield self._statements.get(_strings(body)[1], "")

    def _commits(self, text: str) -> bool:
        if COMMITS.search(text):
            return True
        alone = not self._in_transaction and not text.startswith("BEGIN")
        return alone and bool(WRITES.search(text))


def _messages(heard: bytes | bytearray) -> Iterator[tuple[bytes, bytes, int]]:
    """The whole messages at the front: kind, body, and where each ends."""
    end = 0
    while len(heard) >= end + 5:
        start, end = end, end + 1 + int.from_bytes(heard[end + 1 : end + 5], "big")
        if len(heard) < end:
            return
        yield bytes(heard[start : start + 1]), bytes(heard[start + 5 : end]), end


def _strings(body: bytes) -> list[str]:
    return [part.decode(errors="replace") for part in body.split(b"\0")]


@contextmanager
def before_postgresql(url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server of this address, and the address that leads through it."""
    told = conninfo_to_dict(url)
    host, port = str(told.get("host") or "127.0.0.1"), int(told.get("port") or 5432)

    def connect() -> socket.socket:
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    proxy = Proxy(connect, PostgreSQL)
    login, _, _ = urlsplit(url).netloc.rpartition("@")
    through = urlsplit(url)._replace(
        netloc=f"{login}@127.0.0.1:{proxy.port}", query="sslmode=disable&gssencmode=disable"
    )
    try:
        yield proxy, through.geturl()
    finally:
        proxy.close()


# Redis


class Redis:
    """As Celery uses it: a command or a few in one piece, and their answers in one. What matters is about messages."""

    ABOUT_MESSAGES = re.compile(rb"\b(LPUSH|BRPOP|LLEN)\r\n")

    def request(self, heard: bytearray) -> Request | None:
        sent = bytes(heard)
        heard.clear()
        matters = bool(self.ABOUT_MESSAGES.search(sent))
        return Request(sent, sent.decode(errors="replace"), matters) if sent else None

    def answer(self, heard: bytes) -> bool:
        return heard.endswith(b"\r\n")


@contextmanager
def before_redis(port: int) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the Redis at this port, and the address that leads through it."""
    proxy = Proxy(lambda: socket.create_connection(("127.0.0.1", port)), Redis)
    try:
        yield proxy, f"redis://127.0.0.1:{proxy.port}/0"
    finally:
        proxy.close()


# HTTP


class HTTP:
    """Version 1.1, with lengths that are given. Every request matters."""

    def __init__(self) -> None:
        self._answer = bytearray()

    def request(self, heard: bytearray) -> Request | None:
        length = _length(heard)
        if not length or len(heard) < length:
            return None
        sent = bytes(heard[:length])
        del heard[:length]
        return Request(sent, sent.decode(errors="replace"), matters=True)

    def answer(self, heard: bytes) -> bool:
        self._answer += heard
        length = _length(self._answer)
        if not length or len(self._answer) < length:
            return False
        del self._answer[:length]
        return True


def _length(heard: bytearray) -> int:
    """Of the message at the front, head and body; 0 while its head is not whole."""
    head, end, _ = bytes(heard).partition(b"\r\n\r\n")
    told = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return len(head) + len(end) + int(told[1] if told else 0) if end else 0


@contextmanager
def before_http(port: int) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server at this port, and the address that leads through it."""
    proxy = Proxy(lambda: socket.create_connection(("127.0.0.1", port)), HTTP)
    try:
        yield proxy, f"http://127.0.0.1:{proxy.port}"
    finally:
        proxy.close()
