"""Notifications' facade, whichever way it is bound."""

from pathlib import Path

import pytest
from pytest_django import Settings

from modules.notifications.facade import notifications
from modules.notifications.tests.peers import KnownOrders, confirmation_of, hear, new_order, shipment_of
from modules.orders.contracts import Order, OrderId
from tearline.testing import settle


@pytest.fixture(params=["direct", "wire"], autouse=True)
def binding(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.TEARLINE_FACADES = request.param


def test_it_tells_an_orders_notifications_oldest_first_and_no_others(
    order: Order, orders: KnownOrders, mailbox: Path
) -> None:
    other = new_order()
    orders.learn(other)
    for event in (confirmation_of(order), confirmation_of(other), shipment_of(order)):
        hear(event)
    settle()

    told = notifications.notifications_of(order.id)
    assert [notification.template for notification in told] == ["confirmation", "shipment"]
    assert {notification.order_id for notification in told} == {order.id}


def test_an_order_without_notifications_has_an_empty_list(db: None) -> None:
    assert notifications.notifications_of(OrderId.new()) == []
