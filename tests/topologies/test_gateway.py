"""What the gateway makes of a process that does not answer, and of outsiders who say more than they may."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import override_settings

from modules.payments.adapters.simulated import signature
from tearline.api.keys import issue
from tests.network.http_talk import HTTP
from tests.network.proxy import Proxy, at
from tests.processes import Running, eventually, free_port, running
from tests.redis_server import RedisServer
from tests.tearline.far_end import FarEnd, answer, far_end
from tests.topologies.apart import is_ready
from tests.topologies.conftest import TWO, Serve, tell_all

SOON = '{"tries": 1, "total": 1.5, "attempt": 1, "slow": 0.9, "open_for": 0.05}'
LATE = 8.0
ABSENT = "payments.payment_not_found"
"""Seconds: whoever has not answered by then hangs."""


class Outsider:
    """Asks the shop about payments, which are the till's."""

    def __init__(self, port: int) -> None:
        _, self.token = issue(name="outsider", scopes=["payments:read", "orders:read"])
        self.url = f"http://127.0.0.1:{port}/api/v1"
        self.took = 0.0

    def get(self, path: str = "/payments", **headers: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        began = time.monotonic()
        response = httpx.get(self.url + path, headers=headers, trust_env=False, timeout=60)
        self.took = time.monotonic() - began
        return response

    def is_told_in_time(self, *codes: str) -> None:
        response = self.get()
        assert response.json()["code"] in codes, response.text
        assert response.json()["retryable"] is True
        assert response.json()["maybe_done"] is False
        assert self.took < LATE

    def sees_the_rest(self) -> None:
        assert self.get("/orders").status_code == 200


@pytest.fixture
def outsider(serve: Serve, ports: dict[str, int]) -> Iterator[Outsider]:
    with serve("shop", TEARLINE_POLICY=SOON):
        yield Outsider(ports["shop"])


def is_answered(outsider: Outsider) -> None:
    eventually(lambda: outsider.get().status_code == 200, "payments are told again")


def test_a_process_that_is_killed_is_told_to_be_away_and_all_else_goes_on(
    till: Running, outsider: Outsider, serve: Serve
) -> None:
    is_answered(outsider)
    till.close()
    outsider.is_told_in_time("unavailable")
    outsider.sees_the_rest()
    with serve("till"):
        is_answered(outsider)


def test_a_process_that_is_frozen_is_not_waited_for(till: Running, outsider: Outsider) -> None:
    is_answered(outsider)
    tell_all(till, signal.SIGSTOP)
    outsider.is_told_in_time("deadline_exceeded")
    outsider.sees_the_rest()
    tell_all(till, signal.SIGCONT)
    is_answered(outsider)


def test_whose_key_it_is_holds_in_the_process_that_is_asked(till: Running, outsider: Outsider) -> None:
    _, outsider.token = issue(name="ada", scopes=["*"], customer="cus_ada")
    refused = outsider.get()
    assert (refused.status_code, refused.json()["code"]) == (403, "customer_not_allowed")
    outsider.sees_the_rest()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unheard", "unavailable"),
        ("unanswered", "unavailable"),
        ("halved", "unavailable"),
        ("stalled", "deadline_exceeded"),
        ("dripping", "deadline_exceeded"),
    ],
)
def test_a_line_that_fails_is_told_in_time(
    till: Running, outsider: Outsider, line_to_the_till: Proxy, fault: Any, code: str
) -> None:
    is_answered(outsider)
    line_to_the_till.plan(fault, 1)
    outsider.is_told_in_time(code)
    assert line_to_the_till.struck.is_set()
    line_to_the_till.plan(None, 0)
    is_answered(outsider)


def test_answers_that_come_twice_are_never_taken_for_the_next_ones(
    till: Running, outsider: Outsider, line_to_the_till: Proxy
) -> None:
    line_to_the_till.plan("doubled", 1)
    assert outsider.get("/payments/pay_first").json()["instance"] == "/api/v1/payments/pay_first"
    assert line_to_the_till.struck.is_set()
    seconds = [outsider.get("/payments/pay_second").json() for _ in range(3)]
    assert {told["instance"] for told in seconds} == {"/api/v1/payments/pay_second"}
    assert seconds[0]["code"] in {"upstream_invalid", ABSENT}  # as the connection is found out, or was before
    assert [told["code"] for told in seconds[1:]] == [ABSENT, ABSENT]


def test_a_provider_s_webhook_needs_a_signature_and_no_key(till: Running, outsider: Outsider) -> None:
    """It is checked by the process that knows the provider."""
    body = b'{"id": "evt_1", "kind": "captured", "subject": "payment-1"}'
    url = f"{outsider.url}/payments/webhooks/simulated"
    with override_settings(PAYMENT_WEBHOOK_SECRET="simulated"):
        signed = {"Simulated-Signature": signature(body)}
    assert httpx.post(url, content=body, headers=signed, trust_env=False, timeout=30).status_code == 200
    unsigned = httpx.post(url, content=body, trust_env=False, timeout=30)
    assert (unsigned.status_code, unsigned.json()["code"]) == (400, "webhook_signature_invalid")


# Outsiders who say more than they may


@pytest.fixture
def listened(db: None, tmp_path: Path, redis_server: RedisServer) -> Iterator[tuple[FarEnd, int]]:
    """What the till would hear, and the port of a shop that serves."""
    port, topology = free_port(), tmp_path / "two.toml"
    with far_end() as end:
        end.say = answer({"data": []})
        topology.write_text(TWO.format(shop=port, till=end.url.rpartition(":")[2]))
        environ = os.environ | {"TEARLINE_TOPOLOGY_FILE": str(topology), "EVENTS_URL": redis_server.url}
        with running([sys.executable, "manage.py", "serve", "--port", str(port)], environ):
            eventually(lambda: is_ready(port), "the shop serves")
            yield end, port


def said_to(port: int, *lines: str) -> bytes:
    """Byte by byte what a client that keeps to no rules would send."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = "\r\n".join([*lines, "Host: 127.0.0.1", "Connection: close", "", ""])
        line.sendall(head.encode("latin-1"))
        told = b""
        while part := line.recv(65_536):
            told += part
    return told


SMUGGLED = (
    "Tearline-Deadline-Ms: 1",
    "Tearline_Deadline_Ms: 1",
    "TEARLINE-DEADLINE-MS: 2",
    "Tearline-Subject: ord_1",
    "Tearline_Call: 0123456789abcdef",
    "Tearline-Principal: key_1",
    "X_Tearline_Principal: key_1",
    "X-Forwarded-For: 10.0.0.7",
    "Cookie: sessionid=1",
    "Connection: Tearline-Version",
    "Proxy-Authorization: Bearer x",
)


def test_what_outsiders_may_not_say_never_arrives_however_they_write_it(listened: tuple[FarEnd, int]) -> None:
    end, port = listened
    _, token = issue(name="outsider", scopes=["payments:read"])
    for smuggled in SMUGGLED:
        authorized = f"Authorization: Bearer {token}"
        said = said_to(port, "GET /api/v1/payments HTTP/1.1", smuggled, authorized, smuggled)
        assert said.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 ")), smuggled
    assert end.heard
    for asked in end.heard:
        arrived = {name.lower(): value for name, value in asked.headers.items()}
        assert arrived.keys() <= {
            "accept-encoding",
            "authorization",
            "host",
            "tearline-call",
            "tearline-deadline-ms",
            "traceparent",
            "x-request-id",
        }
        assert int(arrived["tearline-deadline-ms"]) > 1000
        assert token not in str(asked.headers)


def test_of_two_credentials_none_is_believed(listened: tuple[FarEnd, int]) -> None:
    end, port = listened
    _, token = issue(name="outsider", scopes=["payments:read"])
    for other in ("Authorization: Bearer sk_test_1", "authorization: Basic Zm9vOmJhcg=="):
        said = said_to(port, "GET /api/v1/payments HTTP/1.1", f"Authorization: Bearer {token}", other)
        assert said.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 400 ")), said
    assert end.heard == []


@pytest.mark.parametrize(
    "path", ["/api/v1/payments/../../../health/ready", "/api/v1/payments/%2e%2e/orders", "//x/api/v1/payments/.."]
)
def test_no_path_leads_elsewhere(listened: tuple[FarEnd, int], path: str) -> None:
    end, port = listened
    _, token = issue(name="outsider", scopes=["*"])
    said = said_to(port, f"GET {path} HTTP/1.1", f"Authorization: Bearer {token}")
    assert said.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")), said
    assert end.heard == []


# Bit by bit


def test_half_of_the_orders_payments_are_told_by_the_next_till(
    db: None, tmp_path: Path, redis_server: RedisServer
) -> None:
    shop, till, after = free_port(), free_port(), free_port()
    with Proxy(at(till), HTTP) as to_till, Proxy(at(after), HTTP) as to_next:
        shift = f"""
[[gateway.shift]]
name = "till-next"
prefix = "/payments"
url = "http://127.0.0.1:{to_next.port}"
process = "till"
percent = 50
by = "order_id"
"""
        topology = tmp_path / "shifted.toml"
        topology.write_text(TWO.format(shop=shop, till=to_till.port) + shift)
        environ = os.environ | {"TEARLINE_TOPOLOGY_FILE": str(topology), "EVENTS_URL": redis_server.url}

        def served(process: str, port: int) -> Any:
            command = [sys.executable, "manage.py", "serve", "--no-worker", "--port", str(port)]
            return running(command, environ | {"TEARLINE_PROCESS": process})

        with served("shop", shop), served("till", till), served("till", after):
            eventually(lambda: all(map(is_ready, (shop, till, after))), "all three serve")
            outsider = Outsider(shop)
            ways = [_way(outsider, to_till, to_next, order) for order in (*ORDERS, *ORDERS)]
    assert ways[: len(ORDERS)] == ways[len(ORDERS) :]
    assert set(ways) == {"till", "next"}


ORDERS = [f"ord_01jdc3k5v8e1xszq4b7m2n9ht{letter}" for letter in "abcdefghjkmn"]


def _way(outsider: Outsider, to_till: Proxy, to_next: Proxy, order: str) -> str:
    """Who was asked about the payments of an order: one of them, once."""
    to_till.plan(None, 0)
    to_next.plan(None, 0)
    assert outsider.get(f"/payments?order_id={order}").status_code == 200
    asked = [name for name, line in (("till", to_till), ("next", to_next)) for _ in line.counted]
    assert len(asked) == 1
    return asked[0]
