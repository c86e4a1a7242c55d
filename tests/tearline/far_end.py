"""What may stand at the address of another process: whoever answers there says, byte by byte, what a test wants."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

Say = Callable[["Asked", socket.socket], None]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    line: str
    headers: Message
    body: bytes

    @property
    def call(self) -> str:
        """The name of the exchange."""
        return str(self.headers["Tearline-Call"])


@dataclass
class FarEnd:
    """`say`: what becomes of a request. `heard`: all of them; `connections`: on how many connections they came."""

    url: str
    say: Say = field(default_factory=lambda: answer(b"null"))
    heard: list[Asked] = field(default_factory=list)
    connections: int = 0


def answer(
    body: bytes | Mapping[str, object], *, status: str = "200 OK", media_type: str = "application/json", call: str = ""
) -> Say:
    """Answer so. `call`: another name of the exchange than the one that was asked under."""

    def say(asked: Asked, line: socket.socket) -> None:
        told = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nTearline-Call: {call or asked.call}\r\n"
        line.sendall(f"{head}Content-Length: {len(told)}\r\n\r\n".encode() + told)

    return say


def raw(text: bytes) -> Say:
    """Say exactly this, and hang up."""

    def say(_asked: Asked, line: socket.socket) -> None:
        line.sendall(text)
        line.shutdown(socket.SHUT_RDWR)

    return say


@contextlib.contextmanager
def far_end() -> Iterator[FarEnd]:
    """It listens on a port of its own. Afterwards nobody does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        end = FarEnd(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        open_lines: list[socket.socket] = []
        threads = [threading.Thread(target=_accept, args=(listener, end, open_lines))]
        threads[0].start()
        yield end
        listener.shutdown(socket.SHUT_RDWR)
        for line in open_lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        threads[0].join()


def _accept(listener: socket.socket, end: FarEnd, open_lines: list[socket.socket]) -> None:
    threads = []
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            break
        end.connections += 1
        open_lines.append(line)
        threads.append(threading.Thread(target=_listen, args=(line, end)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _listen(line: socket.socket, end: FarEnd) -> None:
    with line, line.makefile("rb") as reader, contextlib.suppress(OSError):
        while first := reader.readline():
            head = b""
            while (header := reader.readline()) not in (b"\r\n", b""):
                head += header
            headers = BytesParser().parsebytes(head)
            asked = Asked(first.decode().strip(), headers, reader.read(int(headers["Content-Length"] or 0)))
            end.heard.append(asked)
            end.say(asked, line)
