"""Shipping's facade, whichever way it is bound."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.shipping.facade import shipping


@pytest.fixture(params=["direct", "wire"], autouse=True)
def binding(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.TEARLINE_FACADES = request.param


def test_it_tells_an_orders_shipments_and_no_others(ship: Callable[[], OrderId]) -> None:
    order_id, _ = ship(), ship()

    [shipment] = shipping.shipments_of(order_id)
    assert shipment.order_id == order_id
    assert shipment.created_at.tzinfo is not None


def test_an_order_without_shipments_has_an_empty_list(db: None) -> None:
    assert shipping.shipments_of(OrderId.new()) == []
