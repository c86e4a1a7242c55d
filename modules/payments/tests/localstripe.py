"""Stripe played by localstripe, a real server in a process of its own, and a front before it.

localstripe 1.15 is not faithful in what matters most here. So requests go through the front, which does as Stripe's
documentation says: it keeps idempotency keys, searches by metadata, takes metadata when capturing, says how much was
received, lets go of what a capture leaves instead of refunding it, refuses to capture what is not held and to refund
more than is left, and has disputes. What cards do, what a PaymentIntent goes through, refunds and webhooks are
localstripe's.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from django.conf import settings

KEY = "sk_test_made_up"
CARD_OK, CARD_DECLINED, CARD_ASKS = "pm_card_visa", "pm_card_chargeCustomerFail", "pm_needs_authentication"

Told = dict[str, Any]


@dataclass
class Front:
    """Answers for one localstripe. `lists`: whether lists show what was made lately, or the search has to find it."""

    port: int
    localstripe: str
    lists: bool = True
    down: bool = False
    deaf: set[str] = field(default_factory=set)
    """Ends of paths whose answers get lost."""
    answered: dict[str, tuple[str, int, Told]] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)
    disputes: list[Told] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    client: httpx.Client = field(default_factory=httpx.Client)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, path: str, body: str, key: str | None) -> tuple[int, Told]:
        """One request after the other, and the same key the same answer."""
        with self.lock:
            known = self.answered.get(key or "")
            if known and known[0] != f"{path} {body}":
                return 400, _error("idempotency_error", "idempotency_error")
            if known:
                return known[1:]
            status, told = self._answer(method, path, parse_qs(body))
            if key and method == "POST" and status < 500:
                self.answered[key] = (f"{path} {body}", status, told)
            return status, told

    def dispute(self, intent: str, *, status: str, amount: int | None = None) -> str:
        """Have a charge of this intent disputed, or decide the dispute."""
        for dispute in self.disputes:
            if dispute["payment_intent"] == intent:
                dispute["status"] = status
                return str(dispute["id"])
        told = {"id": f"dp_{len(self.disputes)}", "object": "dispute", "payment_intent": intent, "status": status}
        taken = {"amount": amount or self.received[intent], "currency": "eur", "reason": "fraudulent", "metadata": {}}
        self.disputes.append(told | taken | {"created": int(time.time())})
        return str(told["id"])

    def intents(self, order_id: str) -> list[Told]:
        """For checkers: what there is for an order."""
        return [intent for intent in self._all("payment_intents") if intent["metadata"].get("order_id") == order_id]

    def refunds(self, order_id: str) -> list[Told]:
        intents = {intent["id"] for intent in self.intents(order_id)}
        return [refund for refund in self._shown_refunds() if refund["payment_intent"] in intents]

    def _answer(self, method: str, path: str, told: dict[str, list[str]]) -> tuple[int, Told]:
        place, _, query = path.partition("?")
        asked = parse_qs(query)
        if method == "GET" and place.endswith("/payment_intents/search"):
            wanted = re.findall(r"metadata\['(\w+)'\]:'([^']*)'", asked["query"][0])
            found = [i for i in self._all("payment_intents") if any(i["metadata"].get(n) == v for n, v in wanted)]
            return 200, {"object": "search_result", "data": found, "has_more": False}
        if method == "GET" and place.endswith("/payment_intents"):
            lately = "created[lt]" not in asked  # else it is for a statement
            return 200, _list(self._all("payment_intents") if self.lists or not lately else [])
        if method == "GET" and place.endswith("/disputes"):
            intent = asked.get("payment_intent", [None])[0]
            return 200, _list([each for each in self.disputes if intent in (None, each["payment_intent"])])
        if method == "GET" and place.endswith("/refunds"):
            intent = asked.get("payment_intent", [None])[0]
            return 200, _list([each for each in self._shown_refunds() if intent in (None, each["payment_intent"])])
        if refused := self._refused(place, told):
            return refused
        for absent in ("automatic_payment_methods[enabled]", "automatic_payment_methods[allow_redirects]"):
            told.pop(absent, None)
        noted = _taken(told, "metadata[capture]") if place.endswith("/capture") else {}
        status, answer = self._forward(method, path, told)
        if status == 200 and place.endswith("/capture"):
            intent = place.split("/")[-2]
            self.received[intent] = int(told["amount_to_capture"][0])
            self._forward("POST", f"/v1/payment_intents/{intent}", noted)
            answer = self._forward("GET", f"/v1/payment_intents/{intent}?expand[]=latest_charge", {})[1]
        return status, self._shown(answer) if answer.get("object") == "payment_intent" else answer

    def _refused(self, place: str, told: dict[str, list[str]]) -> tuple[int, Told] | None:
        if place.endswith("/capture"):
            intent = self._forward("GET", place.removesuffix("/capture"), {})[1]
            if intent["status"] != "requires_capture":
                return 400, _error("invalid_request_error", "payment_intent_unexpected_state")
            if int(told["amount_to_capture"][0]) > intent["amount"]:
                return 400, _error("invalid_request_error", "amount_too_large")
        if place.endswith("/refunds") and "amount" in told:
            intent_id = told["payment_intent"][0]
            given = sum(each["amount"] for each in self._shown_refunds() if each["payment_intent"] == intent_id)
            if given + int(told["amount"][0]) > self.received.get(intent_id, 0):
                return 400, _error("invalid_request_error", "charge_already_refunded")
        return None

    def _all(self, kind: str) -> list[Told]:
        expand = "&expand[]=data.latest_charge.balance_transaction" if kind == "payment_intents" else ""
        data = self._forward("GET", f"/v1/{kind}?limit=1000000{expand}", {})[1]["data"]
        return [self._shown(each) if kind == "payment_intents" else each for each in data]

    def _shown_refunds(self) -> list[Told]:
        """Those that somebody asked for: the rest is what localstripe makes of what a capture leaves."""
        charges = {i["latest_charge"]["id"]: i["id"] for i in self._all("payment_intents") if i["latest_charge"]}
        asked_for = (each for each in self._all("refunds") if each["metadata"])
        return [each | {"payment_intent": charges[each["charge"]]} for each in asked_for]

    def _shown(self, intent: Told) -> Told:
        """With what localstripe leaves out."""
        charge = intent["latest_charge"]
        if charge:
            charge["disputed"] = any(dispute["payment_intent"] == intent["id"] for dispute in self.disputes)
        return intent | {"amount_received": self.received.get(intent["id"], 0), "canceled_at": None}

    def _forward(self, method: str, path: str, told: dict[str, list[str]]) -> tuple[int, Told]:
        answer = self.client.request(
            method,
            f"{self.localstripe}{path}",
            content=urlencode(told, doseq=True) if told else None,
            headers={
                "Authorization": f"Bearer {KEY}",
                **({"Content-Type": "application/x-www-form-urlencoded"} if told else {}),
            },
        )
        return answer.status_code, answer.json()


def _taken(told: dict[str, list[str]], name: str) -> dict[str, list[str]]:
    return {name: told.pop(name)} if name in told else {}


def _list(data: list[Told]) -> Told:
    return {"object": "list", "data": data, "has_more": False, "url": "/v1/somewhere"}


def _error(kind: str, code: str) -> Told:
    return {"error": {"type": kind, "code": code, "message": code}}


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._do("GET")

    def do_POST(self) -> None:
        self._do("POST")

    def _do(self, method: str) -> None:
        front: Front = self.server.front  # type: ignore[attr-defined]  # put there below
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if front.down:
            return self._say(503, {})
        status, told = front.answer(method, self.path, body, self.headers.get("Idempotency-Key"))
        if any(urlsplit(self.path).path.endswith(end) for end in front.deaf) and method == "POST":
            self.close_connection = True
            return None
        return self._say(status, told)

    def _say(self, status: int, told: Told) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running() -> Iterator[Front]:
    """localstripe, empty, and the front before it."""
    program = [sys.executable, "-m", "modules.payments.tests.localstripe_server"]
    process = subprocess.Popen(program, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        port = int(process.stdout.readline())
        with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
            server.front = Front(server.server_port, f"http://127.0.0.1:{port}")  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.front  # type: ignore[attr-defined]
            server.shutdown()
            server.front.client.close()  # type: ignore[attr-defined]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()
