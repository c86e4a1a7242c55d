"""Receives webhooks on this machine, and believes those that are signed as the Standard Webhooks specification says."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver(ThreadingHTTPServer):
    """Keeps what was sent until the secret is known, as an endpoint is told its secret when it is there already."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: queue.Queue[tuple[bytes, dict[str, str]]] = queue.Queue()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks"

    def next(self, secret: str) -> Any:
        """The next webhook. Raises WebhookVerificationError for what somebody else sent, queue.Empty after 30 s."""
        body, headers = self.arrived.get(timeout=30)
        return Webhook(secret).verify(body, headers)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.put((body, dict(self.headers)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


def is_refused(secret: str, body: bytes) -> bool:
    """Whether a webhook that nobody signed is told from a real one."""
    try:
        Webhook(secret).verify(body, {})
    except WebhookVerificationError:
        return True
    return False
