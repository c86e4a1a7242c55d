"""What docs/extracting-a-module.md tells to do works as printed, but for the addresses."""

import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.facade import payments
from tearline.api.keys import issue
from tests.journeys.shop import Shop
from tests.processes import ROOT, Running, eventually, free_port, running
from tests.redis_server import RedisServer
from tests.topologies.apart import is_ready, place_an_order

FILE, VARIABLES, START, CHECK, BACK = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs/extracting-a-module.md").read_text(), re.DOTALL
)


class Reader:
    """Follows the page, with ports and a folder of its own."""

    def __init__(self, folder: Path, redis: RedisServer) -> None:
        self.shop, self.till = free_port(), free_port()
        self._moved = {
            "8000": str(self.shop),
            "8001": str(self.till),
            "redis://127.0.0.1:6379/0": redis.url,
            "two.toml": str(folder / "two.toml"),
        }
        self.environ = {name: value for name, value in os.environ.items() if name != "TEARLINE_SERVICE_KEYS"}

    def typed(self, *blocks: str) -> list[str]:
        """A shell that does what they say, and stays for as long as what it has started."""
        script = "\n".join(["set -e", *blocks, "wait"])
        for printed, ours in self._moved.items():
            assert printed in FILE + VARIABLES + START
            script = script.replace(printed, ours)
        return ["bash", "-c", script]

    def started(self) -> Running:
        return Running(self.typed(FILE, VARIABLES, START), self.environ, echo=False)


def captured(order: OrderId) -> int:
    payment = payments.payment_of(order)
    return payment.captured.amount if payment else 0


def told_of_payments(port: int, order: OrderId) -> list[str]:
    """At the gateway, whoever hosts them."""
    _, token = issue(name="reader", scopes=["payments:read"])
    headers = {"Authorization": f"Bearer {token}"}
    url = f"http://127.0.0.1:{port}/api/v1/payments"
    response = httpx.get(url, params={"order_id": order}, headers=headers, trust_env=False, timeout=20)
    return [payment["order_id"] for payment in response.raise_for_status().json()["data"]]


@pytest.mark.timeout(300)
def test_payments_leaves_with_its_data_and_comes_back(db: None, tmp_path: Path, redis_server: RedisServer) -> None:
    shop, reader = Shop(), Reader(tmp_path, redis_server)
    _, token = issue(name="reader", scopes=["orders:write"])
    before = shop.order("MUG-BLUE", 1)
    shop.settle()
    both = reader.started()
    try:
        eventually(lambda: is_ready(reader.till) and is_ready(reader.shop), "both serve", seconds=60)
        subprocess.run(reader.typed(VARIABLES, CHECK), cwd=ROOT, env=reader.environ, check=True, capture_output=True)
        meanwhile = place_an_order(reader.shop, "MUG-BLUE", 1, token=token)
        eventually(lambda: orders.find(meanwhile.id).status == "confirmed", "it is confirmed", seconds=60)
        assert told_of_payments(reader.shop, meanwhile.id) == [meanwhile.id]
    finally:
        both.close()
    assert [captured(order.id) for order in (before, meanwhile)] == [1450, 1450]
    back = BACK.replace("serve", f"serve --port {reader.shop}")
    with running(["bash", "-c", back], reader.environ):
        eventually(lambda: is_ready(reader.shop), "one process serves", seconds=60)
        afterwards = place_an_order(reader.shop, "MUG-BLUE", 1, token=token)
        eventually(lambda: orders.find(afterwards.id).status == "confirmed", "it is confirmed", seconds=60)
    assert captured(afterwards.id) == 1450
