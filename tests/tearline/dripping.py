"""A server on this machine that answers as slowly as it can, and never stops."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Part = Callable[[socket.socket], None]
"""Says its part of an answer. Raises OSError when the other one has gone."""

EVERY = 0.01
"""Seconds between two bytes."""


def silent(client: socket.socket) -> None:
    """Takes the question, and says nothing."""
    client.recv(1)


def dripping_head(client: socket.socket) -> None:
    """Each byte comes in good time, and the head of the answer never ends."""
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Patience: ")
    _drip(client)


def dripping_body(client: socket.socket) -> None:
    """The head comes at once, and the body byte by byte."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    _drip(client)


def reading_slowly(client: socket.socket) -> None:
    """Takes some hundred kilobytes a second, and says nothing."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    while client.recv(4096):
        threading.Event().wait(EVERY)


def brisk(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone")


def hanging_up(client: socket.socket) -> None:
    """Takes the question, and leaves."""
    client.close()


def _drip(client: socket.socket) -> None:
    while True:
        client.sendall(b"x")
        threading.Event().wait(EVERY)


@contextmanager
def serving(*parts: Part) -> Iterator[str]:
    """Its address. Each connection gets the next part, and the last one ever after."""
    left = list(parts)
    open_ones: list[socket.socket] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            open_ones.append(client)
            part = left.pop(0) if len(left) > 1 else left[0]
            threading.Thread(target=_play, args=(part, client), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        host, port = listener.getsockname()
        yield f"http://{host}:{port}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    for client in open_ones:
        client.close()


def _play(part: Part, client: socket.socket) -> None:
    with suppress(OSError):
        client.recv(65_536)
        part(client)
