"""What docs/moving-a-module.md tells to do works as printed, but for the addresses."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.facade import payments
from tearline.api.keys import issue
from tests.journeys import goods
from tests.moves import Movable, on_the_same_engine
from tests.processes import ROOT, Running, eventually, free_port, running
from tests.topologies.apart import is_ready, place_an_order

VARIABLE, SERVE, LOOK, MOVE, BACK, USUAL = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs/moving-a-module.md").read_text(), re.DOTALL
)
ADDRESS = "postgresql://payments:secret@db2.example/payments"


class Reader:
    """Follows the page, with an address and a port of its own."""

    def __init__(self, movable: Movable) -> None:
        self.port = free_port()
        (self._address,) = movable.variable.values()
        _, self._token = issue(name="reader", scopes=["orders:write"])

    def types(self, *blocks: str) -> str:
        """What it prints. Raises CalledProcessError."""
        return subprocess.run(
            self._shell(*blocks), cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True
        ).stdout

    @contextmanager
    def serves(self, *blocks: str) -> Iterator[Running]:
        with running(self._shell(*blocks, SERVE.replace("serve", f"serve --port {self.port}")), os.environ) as server:
            eventually(lambda: is_ready(self.port), "it serves", seconds=60)
            yield server

    def orders(self) -> OrderId:
        """What is then paid."""
        order = place_an_order(self.port, "MUG-BLUE", 1, token=self._token)
        eventually(lambda: orders.find(order.id).status == "confirmed", "it is confirmed", seconds=60)
        return order.id

    def _shell(self, *blocks: str) -> list[str]:
        assert ADDRESS in VARIABLE
        return ["bash", "-c", "\n".join(["set -e", *blocks]).replace(ADDRESS, self._address)]


@pytest.mark.timeout(300)
def test_payments_moves_and_comes_back_and_moves_for_good(engine: str, db: None, tmp_path: Path) -> None:
    goods.fill_the_shelf()
    with on_the_same_engine("payments", engine, tmp_path) as movable:
        reader = Reader(movable)
        with reader.serves(VARIABLE):
            paid = [reader.orders()]
            assert "payments_payment 1\n" in reader.types(VARIABLE, LOOK)
            assert re.search(r"payments was paused for \d+\.\d\d s", reader.types(VARIABLE, MOVE))
            paid.append(reader.orders())
            assert "was paused for" in reader.types(VARIABLE, BACK)
            paid.append(reader.orders())
            reader.types(VARIABLE, MOVE)
        with reader.serves(VARIABLE, USUAL):
            paid.append(reader.orders())
        assert movable.is_elsewhere
        for order in paid:
            payment = payments.payment_of(order)
            assert payment is not None
            assert payment.captured.amount == 1450
