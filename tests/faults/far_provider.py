"""The simulated provider at the other end of a connection that may break off, as that to a real one is."""

import dataclasses
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from modules.orders.contracts import OrderId
from modules.payments.adapters import simulated
from modules.payments.adapters.simulated import SimulatedProvider
from tearline.contracts import Money
from tearline.resilience import http

ours: Any = simulated
"""It knows what an answer looks like."""


class FarProvider(SimulatedProvider):
    """Asks the one that answers at FAR_PROVIDER. Reads its books, for checkers, where they are."""

    def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Any:
        return self._asked("authorize", key=key, order_id=order_id, amount=amount.model_dump(), method=method)

    def void(self, *, key: str) -> Any:
        return self._asked("void", key=key)

    def capture(self, *, key: str, authorization: str, amount: Money) -> Any:
        return self._asked("capture", key=key, authorization=authorization, amount=amount.model_dump())

    def refund(self, *, key: str) -> Any:
        return self._asked("refund", key=key)

    def find(self, *, key: str) -> Any:
        return self._asked("find", key=key)

    def _asked(self, verb: str, **told: object) -> Any:
        with http.client(connections=1) as client:
            question = client.build_request("POST", f"{os.environ['FAR_PROVIDER']}/{verb}", json=told)
            return _read(http.ask(client, question).json())


def _read(told: Any) -> Any:
    if told is None:
        return None
    movements = tuple(ours.Movement(**movement) for movement in told["movements"])
    return ours.Answer(movements=movements, declined=told["declined"])


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "amount" in told:
            told["amount"] = Money.model_validate(told["amount"])
        answer = getattr(SimulatedProvider(), self.path.strip("/"))(**told)
        body = json.dumps(answer and dataclasses.asdict(answer)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def answering() -> Iterator[int]:
    """The provider, in a thread of this process. Its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
