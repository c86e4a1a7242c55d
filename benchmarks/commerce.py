"""The whole commerce saga over real HTTP: from POST /orders to confirmed, with shipment and both letters sent.

`manage.py serve` answers and works, as deployed without a broker. A client posts an order and waits until its last
letter is sent; one thread looks into the database for all clients, so that waiting asks nothing of the server.

    python -m benchmarks.commerce      # in the server's environment: makes a catalog and prints an API key
"""

import contextlib
import http.client
import json
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, LiteralString

from benchmarks import ROOT
from benchmarks.closed_loop import Arrivals, Deed, arrivals, run
from benchmarks.orders.contest import Contestant, Play
from benchmarks.server import Server

SHOP = "Tearline's shop"
SHOP_IN_TWO = f"{SHOP}, 2 processes"
SHOPS = (SHOP, SHOP_IN_TWO)
LOG = "serve.log"
SKUS = 100
START_SECONDS = 30

TOLD: LiteralString = """SELECT order_id FROM notifications.notifications_notification
    WHERE order_id = ANY(%s) AND template IN ('confirmation', 'shipment') AND state = 'sent'
    GROUP BY order_id HAVING count(*) = 2"""


@contextlib.contextmanager
def contestants(server: Server) -> Iterator[list[Contestant]]:
    """The shop served by one process and by two. Each server is there for its own turn only: idle ones work too."""
    key = stocked(server)
    with arrivals(server.url, TOLD) as told:
        yield [
            Contestant(SHOP, partial(_open, server, key, told, processes=1)),
            Contestant(SHOP_IN_TWO, partial(_open, server, key, told, processes=2), fewest=2),
        ]


def stocked(server: Server) -> str:
    """Have the server hold a catalog with its stock. An API key."""
    command = [sys.executable, "-m", "benchmarks.commerce"]
    made = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE, text=True)
    return made.stdout.strip()


@contextlib.contextmanager
def _open(server: Server, key: str, told: Arrivals, *, processes: int) -> Iterator[Play]:
    """Served and warm."""
    port = free_port()
    with serving(server, f"--processes={processes}", port=port):
        play = partial(run, lambda: _client(port, key, told))
        play(clients=2 * processes, seconds=1.0)
        yield play


@contextlib.contextmanager
def serving(server: Server, *options: str, port: int, **environ: str) -> Iterator[None]:
    """By `manage.py serve`, on this port."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", f"--port={port}", *options],
        cwd=ROOT,
        env={**server.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=(server.folder / LOG).open("ab"),
        start_new_session=True,
    )
    with process:
        try:
            _wait_until(lambda: _is_live(port), START_SECONDS)
            yield
        except Exception as error:
            raise RuntimeError((server.folder / LOG).read_text()[-3000:]) from error
        finally:
            process.terminate()


@contextlib.contextmanager
def working(server: Server) -> Iterator[None]:
    """By `manage.py worker`, beside whoever serves."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=server.environ,
        stdout=subprocess.DEVNULL,
        stderr=(server.folder / LOG).open("ab"),
        start_new_session=True,
    )
    with process:
        try:
            yield
        finally:
            process.terminate()


@contextlib.contextmanager
def _client(port: int, key: str, told: Arrivals) -> Iterator[Deed]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    yield lambda: told.wait_for(post_an_order(connection, key))
    connection.close()


def post_an_order(connection: http.client.HTTPConnection, key: str) -> str:
    """Its id. Raises RuntimeError when it is not taken."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    connection.request("POST", "/api/v1/orders", json.dumps(order_of_two()), headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    if response.status != http.client.CREATED:
        raise RuntimeError(f"{response.status}: {body}")
    return str(body["id"])


def order_of_two() -> dict[str, Any]:
    """Two different articles."""
    lines = [{"sku": sku, "quantity": 1} for sku in random.sample(_skus(), 2)]
    ship_to = {"name": "Ada", "line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y", "country": "GB"}
    return {"email": "ada@example.com", "ship_to": ship_to, "lines": lines, "payment_method": "pm_card_ok"}


def _skus() -> Sequence[str]:
    return [f"BENCH-{number}" for number in range(SKUS)]


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_live(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until(answer: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not answer():
        if time.monotonic() > until:
            raise TimeoutError(f"the server does not answer within {seconds} seconds")
        time.sleep(0.05)


def main() -> None:
    import django

    django.setup()
    from modules.catalog.contracts import NewProduct, NewVariant
    from modules.catalog.facade import catalog
    from modules.inventory.contracts import ReceiveStock
    from modules.inventory.facade import inventory
    from tearline.api.keys import issue
    from tearline.contracts import Money

    for sku in _skus():
        variant = NewVariant(sku=sku, name=sku, price=Money(amount=1450, currency="EUR"))
        catalog.offer(NewProduct(name=sku, variants=[variant]), key=f"offer.{sku}")
        inventory.receive(ReceiveStock(sku=sku, quantity=1_000_000, reference="opening"), key=f"opening.{sku}")
    scopes = ["orders:write", "orders:read", "catalog:read", "overview:read"]
    _, token = issue(name="benchmark", scopes=scopes)
    sys.stdout.write(token)


if __name__ == "__main__":
    main()
