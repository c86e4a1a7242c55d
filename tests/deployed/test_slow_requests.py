"""Whoever speaks slowly takes his time, and not that of all others."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tearline.api.keys import issue
from tests.deployed.conftest import Manage
from tests.processes import eventually
from tests.topologies.apart import is_ready

THREADS = 6
MANY = 200
A_BODY = "POST /api/v1/payments/webhooks/simulated HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"
"""The beginning of one, for which nobody needs a key."""


@pytest.fixture
def server(manage: Manage, port: int, db: None) -> Iterator[int]:
    with manage("serve", "--port", str(port), "--no-worker", TEARLINE_SERVER_THREADS=str(THREADS)):
        eventually(lambda: is_ready(port), "it serves", seconds=60)
        yield port


@pytest.fixture
def client(server: int) -> Iterator[httpx.Client]:
    _, token = issue(name="outsider", scopes=["*"])
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{server}", headers=headers, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def lines(server: int) -> Iterator[ExitStack]:
    """What is begun, and given up afterwards."""
    with ExitStack() as lines:
        yield lines


def begin(port: int, sent: str, lines: ExitStack) -> None:
    line = lines.enter_context(socket.create_connection(("127.0.0.1", port)))
    line.sendall(sent.encode())


def test_headers_that_never_end_hold_up_nobody(server: int, client: httpx.Client, lines: ExitStack) -> None:
    for _ in range(MANY):
        begin(server, "GET /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", lines)
    assert client.get("/api/v1/orders").status_code == 200


def test_bodies_that_never_end_leave_half_of_the_threads_to_whoever_asks(
    server: int, client: httpx.Client, lines: ExitStack
) -> None:
    for _ in range(MANY):
        begin(server, A_BODY, lines)

    def is_told_to_come_again() -> bool:
        response = client.post("/api/v1/stock/locations", json={}, headers={"Idempotency-Key": "new"})
        return (response.status_code, response.json()["code"]) == (503, "overloaded")

    eventually(is_told_to_come_again, "the slow ones hold all seats")
    assert client.get("/api/v1/orders").status_code == 200

    lines.close()
    eventually(lambda: not is_told_to_come_again(), "whoever sends a body is heard again")
