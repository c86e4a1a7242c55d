"""A server that has its hands full says so at once, and is not taken for dead."""

import select
import socket

import httpx

from tests.deployed.conftest import Manage
from tests.processes import eventually

TWO_AT_ONCE = {"TEARLINE_SERVER_THREADS": "2", "TEARLINE_SERVER_QUEUE": "0"}


def an_order_whose_body_does_not_come(port: int, key: str) -> socket.socket:
    head = (
        "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        f"Authorization: Bearer {key}\r\nIdempotency-Key: never\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(head.encode())
    return connection


def test_a_server_with_stuck_requests_refuses_the_next_at_once_and_still_says_that_it_lives(
    manage: Manage, port: int, db: None
) -> None:
    from tearline.api.keys import issue

    _, key = issue(name="test", scopes=["orders:write"])
    with manage("serve", "--port", str(port), **TWO_AT_ONCE) as server, httpx.Client(trust_env=False) as client:

        def ask(path: str) -> httpx.Response:
            return client.get(f"http://127.0.0.1:{port}{path}")

        server.wait_for(str(port))
        stuck = [an_order_whose_body_does_not_come(port, key) for _ in range(3)]
        (refused,), _, _ = select.select(stuck, [], [], 30)
        assert refused.recv(1000).startswith(b"HTTP/1.1 503 ")

        answers = [ask("/api/v1/openapi.json") for _ in range(50)]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(503, "overloaded")}
        assert all(1 <= int(each.headers["Retry-After"]) <= 5 for each in answers)
        assert ask("/health/live").json() == {"status": "alive"}
        assert ask("/health/ready").json()["status"] == "ready"

        for connection in stuck:
            connection.close()
        eventually(lambda: ask("/api/v1/openapi.json").status_code == 200, "their places are free again")
