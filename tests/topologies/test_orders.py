"""The same orders end the same way, whichever modules are processes of their own, with databases of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import eventually
from tests.redis_server import RedisServer
from tests.topologies.apart import MODULES, SPLITS, Apart, named, settled, taken_apart
from tests.topologies.estates import Mould


@pytest.fixture
def shop(request: pytest.FixtureRequest, filled: tuple[Mould, str], tmp_path: Path) -> Iterator[Apart]:
    """Ten blue mugs and three gilded ones, sold by processes."""
    mould, token = filled
    out, broker = request.param
    url = request.getfixturevalue(f"{broker}_server").url
    environ = os.environ | {"EVENTS_URL": url, "PYTHONUNBUFFERED": "1", "TEARLINE_FACADES": "direct"}
    with (
        settled(mould, tmp_path) as settle,
        taken_apart(out, environ=environ, folder=tmp_path, settle=settle, token=token) as shop,
    ):
        yield shop


@pytest.mark.parametrize("shop", [*SPLITS, (MODULES, "kafka")], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_orders_end_as_they_do_in_one_process(shop: Apart) -> None:
    paid, declined = shop.order("MUG-BLUE", 2), shop.order("MUG-BLUE", 1, card="pm_card_declined")
    lost, too_many = shop.order("MUG-BLUE", 1, card="pm_card_lost_answer"), shop.order("MUG-GOLD", 4)
    assert shop.order("MUG-GOLD", 1, key="once").id == shop.order("MUG-GOLD", 1, key="once").id
    shop.wait_for(paid.id, "confirmed", "confirmation", "shipment", parcels=1)
    shop.wait_for(lost.id, "confirmed", "confirmation", "shipment", parcels=1)
    shop.wait_for(declined.id, "payments.payment_declined", "cancellation")
    shop.wait_for(too_many.id, "inventory.out_of_stock", "cancellation", "stock_ran_out")
    assert [shop.charged(order.id) for order in (paid, lost, declined, too_many)] == [[2900], [1450], [], []]
    assert shop.available("MUG-BLUE") == 7


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
        shop.wait_for(order.id, "confirmed", "confirmation", "shipment", parcels=1)
        assert shop.charged(order.id) == [1450]


@pytest.mark.parametrize("shop", [(("notifications",), "redis")], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_what_the_broker_forgets_still_arrives(shop: Apart, redis_server: RedisServer) -> None:
    """It is emptied while the listener is away."""
    process = shop.kill("notifications")
    order = shop.order("MUG-BLUE", 1)
    eventually(lambda: shop.outcome(order.id) == "confirmed", "it is confirmed", seconds=60)
    redis_server.flush()
    shop.start(process)
    shop.wait_for(order.id, "confirmed", "confirmation", "shipment", parcels=1)
