"""What inventory does with news, and what it announces."""

import pytest
from django.db import transaction

from modules.inventory import services
from modules.inventory.contracts import (
    AlreadyCommitted,
    MoreThanSetAside,
    NotEnoughOnHand,
    NothingSetAside,
    OutOfStock,
    StockLine,
    WithdrawReservation,
)
from modules.inventory.events import StockRanOut
from modules.inventory.facade import inventory
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import (
    announced,
    confirmed,
    goods_come_in,
    hear,
    open_locations,
    ordered,
    shelf,
    shelf_at,
    wish,
)
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
        publish(left(order_id, MUG=quantity))


def left(order_id: OrderId, **pieces: int) -> ShipmentDispatched:
    return ShipmentDispatched(
        order_id=order_id,
        shipment_id=ShipmentId.new(),
        carrier="a carrier",
        tracking_number="1",
        lines=[ShipmentLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items()],
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


def put_back(order_id: OrderId, **pieces: int) -> None:
    """These of what was set aside, or all."""
    lines = [StockLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items()] or None
    request = WithdrawReservation(order_id=order_id, reference="changed my mind", lines=lines)
    inventory.withdraw(request, key=OrderId.new())


def test_what_was_put_back_and_left_all_the_same_is_on_the_shelf_no_more() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 3))
    put_back(order_id)

    hear(left(order_id, MUG=2))

    assert shelf() == {"MUG": (3, 0)}
    assert story("MUG")[-2:] == [("released", 0, -3), ("fulfilled", -2, 0)]
    reservation = inventory.reservation_of(order_id)
    assert reservation is not None
    [line] = reservation.lines
    assert (reservation.stage, line.fulfilled, line.released) == ("released", 2, 1)


def test_it_leaves_once_though_the_order_has_reserved_anew() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))
    put_back(order_id)
    parcel = left(order_id, MUG=2)

    for _ in range(2):
        hear(parcel)
    inventory.reserve(wish(("MUG", 2), order_id=order_id), key="anew")
    hear(confirmed(order_id))
    hear(parcel)

    assert shelf() == {"MUG": (3, 2)}


def test_pieces_that_are_set_aside_still_leave_before_those_that_were_put_back() -> None:
    open_locations("north")
    goods_come_in("north", MUG=2)
    goods_come_in(MUG=2, PEN=1)
    order_id = ordered(("MUG", 4), ("PEN", 1))
    put_back(order_id, MUG=2)  # at main, which comes first

    hear(left(order_id, MUG=3, PEN=1))

    assert (shelf_at("main"), shelf_at("north")) == ({"MUG": (1, 0), "PEN": (0, 0)}, {"MUG": (0, 0)})
    assert story("MUG")[-1] == ("fulfilled", -1, 0)
    assert story("MUG", "north")[-1] == ("fulfilled", -2, -2)


@pytest.mark.parametrize("first_parcel", ["heard first", "heard last"])
def test_two_parcels_leave_whenever_the_rest_was_put_back(first_parcel: str) -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 3))
    parcels = [left(order_id, MUG=1), left(order_id, MUG=2)]

    if first_parcel == "heard first":
        hear(parcels.pop(0))
    put_back(order_id)
    for parcel in parcels:
        hear(parcel)

    assert shelf() == {"MUG": (2, 0)}


def test_what_left_and_is_promised_to_others_is_booked_once_there_is_enough_for_them() -> None:
    goods_come_in(MUG=3)
    order_id = ordered(("MUG", 3))
    put_back(order_id)
    ordered(("MUG", 2))

    with pytest.raises(NotEnoughOnHand):
        hear(left(order_id, MUG=3))
    assert shelf() == {"MUG": (3, 2)}

    goods_come_in(MUG=2)
    hear(left(order_id, MUG=3))
    assert shelf() == {"MUG": (2, 2)}


def test_no_more_leaves_after_all_than_was_put_back() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))
    put_back(order_id)
    hear(left(order_id, MUG=1))

    with pytest.raises(MoreThanSetAside) as refused:
        hear(left(order_id, MUG=2))
    assert (refused.value.wanted, refused.value.set_aside, shelf()) == (2, 1, {"MUG": (4, 0)})


def test_what_left_for_an_order_that_never_reserved_is_not_passed_over() -> None:
    with pytest.raises(NothingSetAside):
        hear(left(OrderId.new(), MUG=1))


def test_stock_that_ran_out_is_announced_though_nothing_was_done() -> None:
    goods_come_in(MUG=5, PEN=1)
    request = wish(("MUG", 1), ("PEN", 3))

    for _ in range(2):
        with pytest.raises(OutOfStock):
            inventory.reserve(request, key="k")

    [told] = announced(StockRanOut)
    assert (told.order_id, told.sku, told.missing) == (request.order_id, "PEN", 2)
