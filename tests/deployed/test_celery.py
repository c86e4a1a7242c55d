"""Celery's workers carry orders to their end, whatever becomes of Redis, of its messages, and of the workers."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from modules.notifications.facade import notifications
from modules.orders.contracts import Address, Order, PlaceOrder, WantedLine
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.facade import shipping
from tearline.models import SagaRow
from tearline.wake_ups import bell_at
from tearline.work import LEASE
from tearline.work._doorbell import doorbell
from tests.journeys import goods
from tests.processes import Running, eventually, running
from tests.redis_server import RedisServer, Stammer

ALL = ",".join(settings.TEARLINE_TOPOLOGY.hosted)
ADDRESS = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
LETTERS = ["confirmation", "shipment"]

Start = Callable[..., AbstractContextManager[Running]]
AtWork = Callable[..., AbstractContextManager[list[Running]]]


@pytest.fixture
def ringing(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this process leaves behind is heard by the workers, as with REDIS_URL."""
    bell = bell_at(redis_server.url)
    monkeypatch.setattr(doorbell, "far", bell)
    yield
    assert bell.flush(10)


@pytest.fixture
def celery(redis_server: RedisServer) -> Start:
    """Runs a command of Celery on the databases of this test, in processes of its own."""

    def start(*arguments: str, **environ: str) -> AbstractContextManager[Running]:
        command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config", *arguments]
        given = {"PYTHONUNBUFFERED": "1", "REDIS_URL": redis_server.url} | environ
        return running(command, os.environ | given)

    return start


@pytest.fixture
def at_work(celery: Start) -> AtWork:
    """Starts a worker for each of the lists of queues, and beat if asked for. Yields the workers once they listen."""

    @contextmanager
    def start(*queues: str, beat: bool = False, children: int = 1, **environ: str) -> Iterator[list[Running]]:
        with ExitStack() as started:
            workers = [
                started.enter_context(
                    celery("worker", "-Q", names, "-n", f"{number}@%h", "-c", str(children), **environ)
                )
                for number, names in enumerate(queues)
            ]
            if beat:
                started.enter_context(celery("beat", **environ))
            for worker in workers:
                worker.wait_for(" ready.")
            yield workers

    return start


@pytest.fixture
def shelf(db: None) -> None:
    goods.fill_the_shelf()


def place(key: str = "first", *, card: str = "pm_card_ok") -> Order:
    lines = [WantedLine(sku="MUG-BLUE", quantity=1)]
    request = PlaceOrder(email="ada@example.com", ship_to=ADDRESS, lines=lines, payment_method=card)
    return orders.place(request, key=key)


def holders() -> set[str]:
    """Which workers hold an order's saga right now."""
    rows = SagaRow.objects.using("orders").filter(owner__isnull=False)
    return {owner for owner in rows.values_list("owner", flat=True) if owner}


def letters(order: Order) -> list[str]:
    """What the customer was sent."""
    told = notifications.notifications_of(order.id)
    return sorted(letter.template for letter in told if letter.state == "sent")


def arrives(order: Order) -> None:
    """The order ends confirmed, charged once, with one parcel and its customer told."""
    eventually(lambda: letters(order) == LETTERS, f"{order.id} is done and its customer told", seconds=40)
    assert orders.find(order.id).status == "confirmed"
    assert [charge.amount.amount for charge in SimulatedProvider().charges(order.id)] == [1450]
    (shipment,) = shipping.shipments_of(order.id)
    assert SimulatedCarrier().labels()[shipment.id] == shipment.tracking_number


def all_arrive(*placed: Order) -> None:
    for order in placed:
        arrives(order)


def test_an_order_is_carried_to_its_end_by_workers_of_separate_modules(
    shelf: None, ringing: None, at_work: AtWork, redis_server: RedisServer
) -> None:
    with at_work("catalog,inventory,payments", "shipping,notifications"):
        order = place()
        eventually(lambda: redis_server.waiting("orders"), "somebody is called for the order")
        assert (orders.find(order.id).status, holders()) == ("pending", set())
        with at_work("orders"):
            arrives(order)


def test_beat_finds_what_nobody_rang_for(shelf: None, at_work: AtWork) -> None:
    placed = [place("unheard"), place("flaky", card="pm_card_flaky")]
    with at_work(ALL, beat=True):
        all_arrive(*placed)


def test_a_retry_that_is_due_in_a_moment_does_not_wait_for_beat(shelf: None, ringing: None, at_work: AtWork) -> None:
    with at_work(ALL):
        arrives(place(card="pm_card_flaky"))


def test_redis_switched_off_in_the_middle_loses_nothing(
    shelf: None, ringing: None, at_work: AtWork, redis_server: RedisServer
) -> None:
    with at_work(ALL, beat=True, children=2):
        before = [place("slow", card="pm_card_slow"), place("before")]
        eventually(holders, "an order is worked on")
        redis_server.kill()
        began = time.monotonic()
        meanwhile = [place(f"meanwhile-{number}") for number in range(3)]
        assert time.monotonic() - began < 10, "who orders does not wait for Redis"
        redis_server.start()
        all_arrive(*before, *meanwhile, place("after"))


def test_a_worker_in_threads_carries_on_while_redis_is_off(
    shelf: None, ringing: None, at_work: AtWork, redis_server: RedisServer
) -> None:
    with at_work(ALL):
        redis_server.kill()
        order = place()
        with running([sys.executable, "manage.py", "worker"], os.environ):
            arrives(order)
        redis_server.start()


def test_redis_that_forgets_everything_loses_nothing(
    shelf: None, ringing: None, at_work: AtWork, redis_server: RedisServer
) -> None:
    with at_work(ALL, beat=True, children=2):
        placed = [place("slow", card="pm_card_slow")]
        eventually(holders, "the order is worked on")
        for number in range(4):
            placed.append(place(f"forgotten-{number}"))
            redis_server.flush()
        all_arrive(*placed)


def test_every_message_delivered_twice_doubles_nothing(
    shelf: None, at_work: AtWork, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stammer = Stammer(redis_server)
    bell = bell_at(stammer.url)
    monkeypatch.setattr(doorbell, "far", bell)
    with at_work(ALL, ALL, beat=True, children=2, REDIS_URL=stammer.url):
        all_arrive(*[place(f"order-{number}") for number in range(4)])
        assert bell.flush(10)
    assert stammer.doubled > stammer.jumped > 5
    stammer.close()


@pytest.mark.parametrize("killed", ["a child", "the whole worker"])
def test_a_worker_that_is_killed_is_replaced_at_once_by_another(
    killed: str, shelf: None, ringing: None, at_work: AtWork
) -> None:
    with at_work(ALL, beat=True) as (worker,):
        order = place(card="pm_card_slow")
        (holder,) = eventually(holders, "the order is worked on")
        with at_work(ALL):
            child = int(holder.split(":")[1])
            if killed == "a child":
                os.kill(child, signal.SIGKILL)
            else:
                os.killpg(worker.process.pid, signal.SIGKILL)
            began = time.monotonic()
            eventually(lambda: holder not in holders(), "its lease is ended", seconds=LEASE / 3)
            arrives(order)
            assert time.monotonic() - began < LEASE / 2


def test_a_worker_that_is_told_to_end_finishes_what_it_holds(shelf: None, ringing: None, at_work: AtWork) -> None:
    with at_work(ALL) as (worker,):
        place(card="pm_card_slow")
        (holder,) = eventually(holders, "the order is worked on")
        worker.signal(signal.SIGTERM)
        assert worker.end() == 0
    assert holders() == set()
    assert not (Path(settings.VAR) / "workers" / f"{holder.replace(':', '-')}.lock").exists()


@pytest.mark.postgres_only
def test_each_child_keeps_one_connection_for_each_database_and_one_to_prove_itself_alive(
    shelf: None, ringing: None, at_work: AtWork
) -> None:
    children = 2
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:

        def connected() -> int:
            row = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE '%\\_app'").fetchone()
            assert row
            return int(row[0])

        ours = connected()
        with at_work(ALL, beat=True, children=children):
            all_arrive(*[place(f"order-{number}") for number in range(6)])
            theirs = connected() - ours
    assert 0 < theirs <= children * (len(settings.DATABASES) + 1)


def test_who_cannot_work_says_why(celery: Start, tmp_path: Path) -> None:
    with celery("worker", REDIS_URL="") as deaf, celery("beat", REDIS_URL="") as mute:
        with celery("worker", TEARLINE_VAR=str(tmp_path / "var"), DATABASE_URL="") as unprepared:
            unprepared.wait_for("Not prepared (default: ")
            assert unprepared.end() == 1
        for process in (deaf, mute):
            process.wait_for("REDIS_URL must be given. Without Redis, run: python manage.py worker")
            assert process.end() == 1


def test_a_queue_that_is_no_modules_is_refused(celery: Start, django_db_setup: None) -> None:
    with celery("worker", "-Q", "orders,returns") as worker:
        worker.wait_for("returns")
        assert worker.end() != 0
