"""A module moves to another database while customers order: none of their orders is lost, none is doubled."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connections

from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.facade import payments
from modules.shipping.facade import shipping
from tearline.api.keys import issue
from tearline.databases import serves
from tests.deployed.conftest import Manage
from tests.faults.audit import of_the_ledgers
from tests.journeys import goods
from tests.moves import POINTS, Movable, may_move, on_the_same_engine
from tests.processes import ROOT, Running, eventually
from tests.topologies.apart import is_ready, place_an_order


class Customers:
    """Order a mug each, one after the other, until the shop closes. They ask again when nobody answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        _, self._token = issue(name="customers", scopes=["orders:read", "orders:write"])
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_ordering)
        self.placed: list[OrderId] = []

    def __enter__(self) -> "Customers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def wait_for_some(self, more: int = 3) -> None:
        """Orders that are placed from now on."""
        wanted = len(self.placed) + more
        eventually(lambda: len(self.placed) >= wanted, "customers can order", seconds=60)

    def _keep_ordering(self) -> None:
        for number in itertools.count():
            if self._closing.is_set():
                return
            self.placed.append(self._placed(f"customer-{number}"))
            self._closing.wait(0.2)

    def _placed(self, key: str) -> OrderId:
        while True:
            try:
                return place_an_order(self._port, "MUG-BLUE", 1, token=self._token, key=key).id
            except httpx.TransportError:
                self._closing.wait(0.05)  # nobody is there
            except httpx.HTTPStatusError as error:
                if error.response.status_code not in (409, 503):
                    raise
                self._closing.wait(0.05)


@pytest.fixture
def customers(db: None, port: int) -> Customers:
    """With more mugs on the shelf than they can buy."""
    goods.fill_the_shelf()
    inventory.receive(ReceiveStock(sku="MUG-BLUE", quantity=100_000, reference="more"), key="more")
    return Customers(port)


@pytest.fixture(params=["payments"])
def movable(request: pytest.FixtureRequest, db: None, engine: str, tmp_path: Path) -> Iterator[Movable]:
    """From its schema to another database on the server, or from its file to another one."""
    with on_the_same_engine(request.param, engine, tmp_path) as movable:
        yield movable


def moving(movable: Movable, *arguments: str, at: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py move` as an operator starts it, killed at a crash point if one is given."""
    return subprocess.run(
        [sys.executable, "manage.py", "move", movable.module, *arguments],
        cwd=ROOT,
        env=os.environ | movable.variable | {"TEARLINE_KILL_AT": at} | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def moved(movable: Movable, *arguments: str) -> str:
    done = moving(movable, *arguments)
    assert done.returncode == 0, done.stderr
    sys.stdout.write(done.stdout)
    return done.stdout


@contextlib.contextmanager
def serving(manage: Manage, movable: Movable, port: int, **environ: str) -> Iterator[Running]:
    """A server, and its worker."""
    with manage("serve", "--port", str(port), **{**movable.variable, **environ}) as server:
        eventually(lambda: server.alive() and is_ready(port), "it serves", seconds=60)
        yield server


def audit(customers: Customers) -> None:
    """Every order that was placed, and none besides, has ended as it should: charged, sent and told once."""
    eventually(lambda: not unfinished(customers), "all orders have ended", seconds=90)
    provider = SimulatedProvider()
    for order in customers.placed:
        assert orders.find(order).status == "confirmed", orders.find(order)
        assert [charge.amount.amount for charge in provider.charges(order)] == [1450]
        assert [charge.refunded.amount for charge in provider.charges(order)] == [0]
        assert provider.holds(order) == []
        payment = payments.payment_of(order)
        assert payment is not None
        assert payment.captured.amount == 1450
    eventually(lambda: all(len(shipping.shipments_of(order)) == 1 for order in customers.placed), "all are shipped")
    assert len(set(customers.placed)) == len(customers.placed)
    assert list(of_the_ledgers()) == []
    level = inventory.levels(["MUG-BLUE"])[0]
    assert (level.on_hand, level.reserved) == (100_010, len(customers.placed))


def unfinished(customers: Customers) -> list[OrderId]:
    return [order for order in customers.placed if orders.find(order).status == "pending"]


@pytest.mark.parametrize("movable", ["payments", "orders", "inventory"], indirect=True)
@pytest.mark.timeout(300)
def test_there_and_back_while_customers_order(
    movable: Movable, customers: Customers, manage: Manage, port: int
) -> None:
    """No process is started again. The journal of the sagas moves along with the orders."""
    with serving(manage, movable, port):
        with customers:
            customers.wait_for_some()
            assert "was paused for" in moved(movable)
            customers.wait_for_some()
            assert movable.is_elsewhere
            assert "was paused for" in moved(movable, "--back")
            customers.wait_for_some()
            assert not movable.is_elsewhere
        audit(customers)


@pytest.mark.timeout(600)
def test_killed_at_any_point_and_run_again(movable: Movable, customers: Customers, manage: Manage, port: int) -> None:
    """At one on the way there, at the next one on the way back."""
    with serving(manage, movable, port):
        with customers:
            for point, way in zip(POINTS, itertools.cycle(([], ["--back"])), strict=False):
                killed = moving(movable, *way, at=point)
                assert killed.returncode == -signal.SIGKILL, killed.stderr
                if POINTS.index(point) < POINTS.index("move.left"):
                    customers.wait_for_some()
                moved(movable, *way)
                customers.wait_for_some()
        audit(customers)


@pytest.mark.timeout(300)
def test_a_process_that_was_frozen_meanwhile_goes_on_where_the_rows_are(
    movable: Movable, customers: Customers, manage: Manage, port: int
) -> None:
    """Frozen while it works; the move waits for what it has begun to write, and not for what it will."""
    with serving(manage, movable, port) as server:
        with customers:
            customers.wait_for_some(10)
            freeze(server, movable)
            moved(movable)
            os.killpg(server.process.pid, signal.SIGCONT)
            customers.wait_for_some()
        audit(customers)
        with movable.usual.opened("left"), connections["left"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM payments_payment")
            (left,) = cursor.fetchone()
        assert left < len(customers.placed)


def freeze(server: Running, movable: Movable) -> None:
    """Not with a transaction open that keeps the file of SQLite, which nobody but its holder can end."""
    while True:
        os.killpg(server.process.pid, signal.SIGSTOP)
        if movable.usual.is_file is False or not is_being_written(movable):
            return
        os.killpg(server.process.pid, signal.SIGCONT)


def is_being_written(movable: Movable) -> bool:
    with movable.usual.opened("probe"), connections["probe"].cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except Exception:  # noqa: BLE001 - whatever it is, somebody has it
            return True
        cursor.execute("ROLLBACK")
    return False


@pytest.mark.timeout(300)
def test_whoever_moves_and_dies_pauses_nobody_any_longer(
    movable: Movable, customers: Customers, manage: Manage, port: int
) -> None:
    """Until then a second one is refused, customers are told when to come again, and nothing is tried in vain."""
    with serving(manage, movable, port), customers:
        customers.wait_for_some()
        with manage("move", movable.module, **movable.variable, PYTHONPATH=stopping_at(movable)) as first:
            first.wait_for("paused")
            eventually(lambda: not serves(movable.module), "it is paused")
            second = moving(movable)
            assert second.returncode == 1
            assert second.stderr.strip().endswith("Refused: somebody else is moving payments")
        eventually(lambda: serves(movable.module), "it is served again")
        moved(movable)
    with serving(manage, movable, port):
        audit(customers)


def stopping_at(movable: Movable) -> str:
    """Where Python finds what stops whoever moves once the module is paused."""
    folder = Path(settings.VAR) / "stopping"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(
        "import os, signal, tearline.crash_points as points\n"
        "points.arm('move.locked', lambda: os.kill(os.getpid(), signal.SIGSTOP))\n"
    )
    return str(folder)


@pytest.mark.timeout(300)
def test_who_knows_only_where_it_was_does_not_serve(movable: Movable, db: None, manage: Manage, port: int) -> None:
    moved(movable)
    for command in (["serve", "--port", str(port)], ["worker"]):
        with manage(*command) as process:
            process.wait_for("payments has moved to another database: give PAYMENTS_MOVES_TO_DATABASE_URL")
            assert process.end() == 1


@pytest.mark.postgres_only
@pytest.mark.timeout(300)
def test_from_a_file_to_the_server_and_back_by_starting_again(
    db: None, customers: Customers, manage: Manage, port: int, tmp_path: Path
) -> None:
    """What runs says what to do; what is started finds the rows by itself."""
    with may_move("payments", f"sqlite:///{tmp_path}/payments.sqlite3", tmp_path) as movable:
        with customers:
            for way in ([], ["--back"]):
                with serving(manage, movable, port) as server:
                    customers.wait_for_some()
                    moved(movable, *way)
                    server.wait_for("payments has moved to a database of another kind: start this process again")
            with serving(manage, movable, port):
                customers.wait_for_some()
        with serving(manage, movable, port):
            audit(customers)
