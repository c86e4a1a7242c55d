"""A shipping module among peers that are played."""

from collections.abc import Callable

import pytest

from modules.orders import facade
from modules.orders.contracts import Order, OrderId
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.tests.peers import KnownOrders, confirmation_of, confirmed_order, hear
from tearline.testing import settle


@pytest.fixture
def orders(db: None, monkeypatch: pytest.MonkeyPatch) -> KnownOrders:
    """Plays orders for whoever asks by its facade."""
    known = KnownOrders()
    monkeypatch.setattr(facade.orders, "find", known.find)
    return known


@pytest.fixture
def order(orders: KnownOrders) -> Order:
    """A confirmed order that nobody has heard of yet."""
    order = confirmed_order()
    orders.learn(order)
    return order


@pytest.fixture
def ship(orders: KnownOrders) -> Callable[[], OrderId]:
    """Confirms a new order and waits for its shipment."""

    def confirm() -> OrderId:
        order = confirmed_order()
        orders.learn(order)
        hear(confirmation_of(order))
        settle()
        return order.id

    return confirm


@pytest.fixture
def carrier() -> SimulatedCarrier:
    return SimulatedCarrier()
