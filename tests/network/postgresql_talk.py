"""What is said to PostgreSQL, and an address for it that leads through a proxy."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from tests.network.proxy import Proxy, Request

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

    login, _, _ = urlsplit(url).netloc.rpartition("@")
    with Proxy(connect, PostgreSQL) as proxy:
        through = urlsplit(url)._replace(
            netloc=f"{login}@127.0.0.1:{proxy.port}", query="sslmode=disable&gssencmode=disable"
        )
        yield proxy, through.geturl()
