"""A server that has its hands full says so at once, and is not taken for dead."""

import json
import select
import socket
from contextlib import ExitStack

import httpx
from django.db import connections, transaction

from tearline.api.keys import issue
from tests.deployed.conftest import Manage
from tests.processes import eventually

ORDER = {
    "email": "ada@example.com",
    "ship_to": {"name": "Ada", "line1": "1 Row", "city": "London", "postal_code": "SW1Y 4JH", "country": "GB"},
    "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
    "payment_method": "pm_card_ok",
}
TWO_AT_ONCE = {"TEARLINE_SERVER_THREADS": "2", "TEARLINE_SERVER_QUEUE": "0"}


LOCK = {
    "sqlite": "UPDATE tearline_command_key SET key = key",
    "postgresql": "LOCK TABLE tearline_command_key IN SHARE MODE",
}
"""Statements after which orders begins no command, until the transaction ends."""


def an_order(port: int, key: str, name: str) -> socket.socket:
    """It is on its way; its answer is to be read."""
    body = json.dumps(ORDER)
    head = (
        "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {name}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall((head + body).encode())
    return connection


def test_a_server_with_stuck_requests_refuses_the_next_at_once_and_still_says_that_it_lives(
    manage: Manage, port: int, db: None
) -> None:
    _, key = issue(name="test", scopes=["orders:write"])
    with (
        manage("serve", "--port", str(port), **TWO_AT_ONCE) as server,
        httpx.Client(trust_env=False, timeout=30) as client,
        ExitStack() as held,
    ):

        def ask(path: str) -> httpx.Response:
            return client.get(f"http://127.0.0.1:{port}{path}")

        server.wait_for(str(port))
        held.enter_context(transaction.atomic("orders"))
        connections["orders"].cursor().execute(LOCK[connections["orders"].vendor])
        stuck = [an_order(port, key, f"stuck-{number}") for number in range(3)]
        (refused,), _, _ = select.select(stuck, [], [], 30)
        assert refused.recv(1000).startswith(b"HTTP/1.1 503 ")

        answers = [ask("/api/v1/openapi.json") for _ in range(50)]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(503, "overloaded")}
        assert all(1 <= int(each.headers["Retry-After"]) <= 5 for each in answers)
        assert ask("/health/live").json() == {"status": "alive"}
        assert ask("/health/ready").json()["status"] == "ready"

        held.close()
        for connection in stuck:
            connection.close()
        eventually(lambda: ask("/api/v1/openapi.json").status_code == 200, "their places are free again")
