"""What inventory does with news, and what it announces."""

import pytest
from django.db import transaction

from modules.inventory import handlers, services
from modules.inventory.contracts import AlreadyCommitted, OutOfStock
from modules.inventory.events import StockRanOut
from modules.inventory.facade import inventory
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from modules.orders.contracts import OrderId
from modules.orders.events import OrderConfirmed
from tearline.contracts import Money
from tearline.events import publish
from tearline.facades import acting_as
from tearline.models import OutboxRow
from tearline.testing import settle


def confirmed(order_id: OrderId) -> OrderConfirmed:
    return OrderConfirmed(order_id=order_id, total=Money(amount=100, currency="EUR"), lines=[])


def hear(event: OrderConfirmed) -> None:
    """As the inbox has it heard: in a transaction of inventory."""
    with transaction.atomic(using="inventory"):
        handlers.commit_reservation(event)


def test_a_confirmed_order_keeps_what_was_set_aside() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")

    with acting_as("orders"), transaction.atomic(using="orders"):
        publish(confirmed(request.order_id))
    settle()

    reservation = inventory.reservation_of(request.order_id)
    assert reservation is not None
    assert reservation.state == "committed"
    assert shelf() == {"MUG": (5, 2)}
    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2), ("committed", 0, 0)]


def test_hearing_of_it_again_changes_nothing() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")

    for _ in range(3):
        hear(confirmed(request.order_id))

    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2), ("committed", 0, 0)]


def test_what_is_committed_is_not_released() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")
    hear(confirmed(request.order_id))

    with pytest.raises(AlreadyCommitted):
        inventory.release(key="k")

    assert shelf() == {"MUG": (5, 2)}


def test_a_confirmed_order_with_nothing_set_aside_is_not_passed_over() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    with pytest.raises(services.NothingReserved):
        hear(confirmed(request.order_id))

    inventory.reserve(request, key="k")
    inventory.release(key="k")
    with pytest.raises(services.NothingReserved):
        hear(confirmed(request.order_id))


def test_stock_that_ran_out_is_announced_though_nothing_was_done() -> None:
    goods_come_in(MUG=5, PEN=1)
    request = wish(("MUG", 1), ("PEN", 3))

    for _ in range(2):
        with pytest.raises(OutOfStock):
            inventory.reserve(request, key="k")

    told = [StockRanOut.model_validate_json(row.payload) for row in OutboxRow.objects.using("inventory")]
    assert [(event.order_id, event.sku, event.missing) for event in told] == [(request.order_id, "PEN", 2)]
