"""A module becomes a project of its own, and serves the shop that it has left."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import settings

from modules.inventory.facade import inventory
from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from tearline.api.keys import issue
from tests.checkouts import Copy
from tests.journeys import goods
from tests.processes import ROOT, eventually, free_port, running
from tests.redis_server import RedisServer
from tests.topologies.apart import is_ready, place_an_order

WRITE, TEST, CUT, SERVE, CHECK = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs/a-service-of-its-own.md").read_text(), re.DOTALL
)

PUBLIC = {"__init__.py", "facade.py", "contracts.py", "events.py"}

MAIL_ROOM = """
[processes.shop]
modules = ["catalog", "inventory", "payments", "orders", "shipping"]
url = "http://127.0.0.1:8000"

[processes.mail-room]
modules = ["notifications"]
url = "http://127.0.0.1:8001"

[events]
transport = "redis"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that everybody may enter: started by root, PostgreSQL runs as somebody else, from the project's own .venv."""
    with tempfile.TemporaryDirectory(prefix="tearline-leaving-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


class Leaving:
    """A copy of the shop, which a module leaves for a folder beside it, as the page says, but for the addresses."""

    def __init__(self, module: str, folder: Path, redis: RedisServer) -> None:
        self.module, self.shop = module, Copy(folder / "shop")
        self.port, self.service_port = free_port(), free_port()
        self._ours = {
            "8000": str(self.port),
            "8001": str(self.service_port),
            "redis://127.0.0.1:6379/0": redis.url,
            "$PWD/var": str(settings.VAR),
            "(cd ": "(unset PYTHONPATH; cd ",  # it is set for the copy of the shop alone
        }
        usual = {name: value for name, value in os.environ.items() if name != "TEARLINE_SERVICE_KEYS"}
        self.environ = usual | {"PYTHONUNBUFFERED": "1", "TEARLINE_FACADES": "direct"}

    def adapted(self, text: str) -> str:
        for printed, ours in self._ours.items():
            text = text.replace(printed, ours)
        return text

    def of_ours(self, block: str) -> str:
        """A block that speaks of payments, about our module."""
        return self.adapted(block.replace("payments", self.module))

    def typed(self, *blocks: str) -> None:
        self.shop.run(*map(self.of_ours, blocks), environ=self.environ)

    def serving(self) -> list[str]:
        """What serves both, each by its own files, on the databases of this test session."""
        return ["bash", "-c", self.of_ours(f"{SERVE}\nwait")]

    def left(self) -> set[str]:
        return {path.name for path in (self.shop.root / "modules" / self.module).iterdir()}

    def new_colleague(self) -> Mapping[str, str]:
        """The environment of somebody who has Python and make, and nothing to do with this test session."""
        ours = re.compile(
            r"TEARLINE_.*|.*DATABASE_URL|PYTHON.*|VIRTUAL_ENV|MAKE.*|MFLAGS|EVENTS_URL|DJANGO_.*|DEBUG|PYTEST.*"
        )
        return {name: value for name, value in os.environ.items() if not ours.fullmatch(name)} | {
            "PYTHON": sys.executable
        }


def follow(leaving: Leaving) -> None:
    """The page, from top to bottom."""
    leaving.typed(WRITE)
    tested = subprocess.run(
        ["bash", "-c", leaving.of_ours(TEST)],
        cwd=leaving.shop.root,
        env=leaving.new_colleague(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    leaving.typed(CUT, ".venv/bin/python manage.py check")
    assert leaving.left() <= PUBLIC
    goods.fill_the_shelf()
    with running(leaving.serving(), leaving.shop.environ(leaving.environ), at=leaving.shop.root):
        for port in (leaving.service_port, leaving.port):
            eventually(lambda port=port: is_ready(port), "both serve", seconds=60)  # type: ignore[misc]
        leaving.typed(CHECK)
        sell(leaving.port)


def sell(port: int) -> None:
    """Orders end as they did before anything had left."""
    _, token = issue(name="leaving", scopes=["orders:write"])
    paid = place_an_order(port, "MUG-BLUE", 2, token=token).id
    declined = place_an_order(port, "MUG-BLUE", 1, card="pm_card_declined", token=token).id
    wait_for(paid, "confirmed", "confirmation", "shipment")
    wait_for(declined, "payments.payment_declined", "cancellation")
    eventually(lambda: inventory.levels(["MUG-BLUE"])[0].available == 8, "what was not sold is free again")
    assert (charged(paid), charged(declined)) == ([2900], [])


def wait_for(order: OrderId, ending: str, *templates: str) -> None:
    eventually(lambda: outcome(order) == ending, f"{ending}, and not {outcome(order)}", seconds=60)
    eventually(lambda: letters(order) == sorted(templates), f"letters {templates}", seconds=30)


def outcome(order: OrderId) -> str:
    found = orders.find(order)
    return found.failure.code if found.failure else found.status


def letters(order: OrderId) -> list[str]:
    return sorted(letter.template for letter in notifications.notifications_of(order) if letter.state == "sent")


def charged(order: OrderId) -> list[int]:
    return [charge.amount.amount for charge in SimulatedProvider().charges(order)]


@pytest.mark.timeout(600)
def test_payments_leaves_as_the_page_says_and_serves_the_shop(
    db: None, folder: Path, redis_server: RedisServer
) -> None:
    leaving = Leaving("payments", folder, redis_server)
    follow(leaving)


@pytest.mark.timeout(600)
def test_notifications_leaves_a_topology_that_has_made_room_and_hears_and_asks_the_shop(
    db: None, folder: Path, redis_server: RedisServer
) -> None:
    leaving = Leaving("notifications", folder, redis_server)
    (leaving.shop.root / "topology.toml").write_text(leaving.adapted(MAIL_ROOM))
    follow(leaving)
