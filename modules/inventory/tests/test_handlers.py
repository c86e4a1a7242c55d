"""What inventory does with news, and what it announces."""

import pytest
from django.db import transaction

from modules.inventory import services
from modules.inventory.contracts import AlreadyCommitted, OutOfStock
from modules.inventory.events import StockRanOut
from modules.inventory.facade import inventory
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import announced, confirmed, goods_come_in, hear, ordered, shelf, wish
from modules.orders.contracts import OrderId
from modules.shipping.contracts import ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentDispatched
from tearline.events import publish
from tearline.facades import acting_as
from tearline.testing import settle
from tearline.work import drain


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


def a_parcel_leaves(order_id: OrderId, quantity: int) -> None:
    with acting_as("shipping"), transaction.atomic(using="shipping"):
        publish(
            ShipmentDispatched(
                order_id=order_id,
                shipment_id=ShipmentId.new(),
                carrier="a carrier",
                tracking_number="1",
                lines=[ShipmentLine(sku="MUG", quantity=quantity)],
            )
        )


def test_what_has_left_with_a_parcel_is_neither_on_hand_nor_set_aside() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 3))
    a_parcel_leaves(order_id, 1)
    settle()
    assert shelf() == {"MUG": (4, 2)}

    a_parcel_leaves(order_id, 2)
    settle()
    assert shelf() == {"MUG": (2, 0)}
    reservation = inventory.reservation_of(order_id)
    assert reservation is not None
    assert reservation.stage == "fulfilled"


def test_a_parcel_that_left_before_its_order_was_heard_of_is_taken_off_later() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")
    a_parcel_leaves(request.order_id, 2)
    drain(["shipping", "inventory"])
    assert shelf() == {"MUG": (5, 2)}

    with acting_as("orders"), transaction.atomic(using="orders"):
        publish(confirmed(request.order_id))
    settle()
    assert shelf() == {"MUG": (3, 0)}


def test_stock_that_ran_out_is_announced_though_nothing_was_done() -> None:
    goods_come_in(MUG=5, PEN=1)
    request = wish(("MUG", 1), ("PEN", 3))

    for _ in range(2):
        with pytest.raises(OutOfStock):
            inventory.reserve(request, key="k")

    [told] = announced(StockRanOut)
    assert (told.order_id, told.sku, told.missing) == (request.order_id, "PEN", 2)
