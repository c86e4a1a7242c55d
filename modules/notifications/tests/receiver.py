"""A web server of somebody who integrates, and who verifies what comes as the specification has it."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


class Receiver:
    """What came, and what is answered: the next of `answers`, or 204."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.body = "received"
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.hold = threading.Event()
        self.hold.set()

    def verified(self, secret: str) -> list[Any]:
        """All payloads. Raises WebhookVerificationError for one that this secret has not signed."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.came]

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """On a port that was free."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.hold.wait(10)
            status = receiver.answers.pop(0) if receiver.answers else 204
            told = b"" if status == 204 else receiver.body.encode()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            """To nobody."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
