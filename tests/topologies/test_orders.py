"""The same orders end the same way, whichever modules are processes of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.inventory.facade import inventory
from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from modules.shipping.facade import shipping
from tests.journeys import goods
from tests.processes import eventually
from tests.redis_server import RedisServer
from tests.topologies.apart import MODULES, SPLITS, Apart, named, taken_apart


@pytest.fixture
def shop(request: pytest.FixtureRequest, db: None, tmp_path: Path) -> Iterator[Apart]:
    """Ten blue mugs and three gilded ones, sold by processes."""
    goods.fill_the_shelf()
    out, broker = request.param
    url = request.getfixturevalue(f"{broker}_server").url
    environ = os.environ | {"EVENTS_URL": url, "PYTHONUNBUFFERED": "1", "TEARLINE_FACADES": "direct"}
    with taken_apart(out, environ=environ, folder=tmp_path) as shop:
        yield shop


def outcome(order: OrderId) -> str:
    found = orders.find(order)
    return found.failure.code if found.failure else found.status


def charged(order: OrderId) -> list[int]:
    return [charge.amount.amount for charge in SimulatedProvider().charges(order)]


def letters(order: OrderId) -> list[str]:
    return sorted(letter.template for letter in notifications.notifications_of(order) if letter.state == "sent")


def wait_for(order: OrderId, ending: str, *templates: str) -> None:
    eventually(lambda: outcome(order) == ending, f"{ending}, and not {outcome(order)}", seconds=60)
    eventually(lambda: letters(order) == sorted(templates), f"letters {templates}", seconds=30)


@pytest.mark.parametrize("shop", [*SPLITS, (MODULES, "kafka")], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_orders_end_as_they_do_in_one_process(shop: Apart) -> None:
    paid, declined = shop.order("MUG-BLUE", 2), shop.order("MUG-BLUE", 1, card="pm_card_declined")
    lost, too_many = shop.order("MUG-BLUE", 1, card="pm_card_lost_answer"), shop.order("MUG-GOLD", 4)
    assert shop.order("MUG-GOLD", 1, key="once").id == shop.order("MUG-GOLD", 1, key="once").id
    wait_for(paid.id, "confirmed", "confirmation", "shipment")
    wait_for(lost.id, "confirmed", "confirmation", "shipment")
    wait_for(declined.id, "payments.payment_declined", "cancellation")
    wait_for(too_many.id, "inventory.out_of_stock", "cancellation", "stock_ran_out")
    assert (charged(paid.id), charged(lost.id), charged(declined.id)) == ([2900], [1450], [])
    assert [len(shipping.shipments_of(order.id)) for order in (paid, lost, declined, too_many)] == [1, 1, 0, 0]
    eventually(lambda: inventory.levels(["MUG-BLUE"])[0].available == 7, "what was not sold is free again")


@pytest.mark.parametrize("shop", [(MODULES, "redis")], ids=named, indirect=True)
@pytest.mark.parametrize("dies", ["payments", "inventory", "orders", "shipping", "notifications"])
@pytest.mark.timeout(300)
def test_a_process_that_dies_delays_orders_and_loses_none(shop: Apart, dies: str) -> None:
    """Each order is placed, or on its way, while one module is not there."""
    before = [shop.order("MUG-BLUE", 1, card=card) for card in ("pm_card_ok", "pm_card_slow")]
    process = shop.kill(dies)
    meanwhile = [shop.order("MUG-BLUE", 1) for _ in range(2)] if dies != "orders" else []
    shop.start(process)
    for order in (*before, *meanwhile):
        wait_for(order.id, "confirmed", "confirmation", "shipment")
        assert charged(order.id) == [1450]
        assert len(shipping.shipments_of(order.id)) == 1


@pytest.mark.parametrize("shop", [(("notifications",), "redis")], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_what_the_broker_forgets_still_arrives(shop: Apart, redis_server: RedisServer) -> None:
    """It is emptied while the listener is away."""
    process = shop.kill("notifications")
    order = shop.order("MUG-BLUE", 1)
    eventually(lambda: outcome(order.id) == "confirmed", "it is confirmed")
    redis_server.flush()
    shop.start(process)
    wait_for(order.id, "confirmed", "confirmation", "shipment")
