"""What inventory promises to those who ask it, in either binding."""

import pytest
from django.db import transaction
from pydantic import ValidationError

from modules.inventory.contracts import (
    AlreadyReserved,
    OutOfStock,
    ReceiveStock,
    ReserveStock,
    StockLevel,
    StockLine,
)
from modules.inventory.facade import inventory
from modules.inventory.models import Reservation
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from modules.orders.contracts import OrderId
from tearline.contracts import KeyReused, Undone
from tearline.facades import CalledInsideTransaction

pytestmark = pytest.mark.usefixtures("binding")


def test_what_is_reserved_stays_on_the_shelf_and_is_not_available_to_others() -> None:
    goods_come_in(MUG=5, PEN=9)

    reservation = inventory.reserve(wish(("MUG", 2), ("PEN", 1)), key="k")

    assert reservation.state == "held"
    levels = inventory.levels(["MUG", "PEN"])
    assert [(level.on_hand, level.reserved, level.available) for level in levels] == [(5, 2, 3), (9, 1, 8)]
    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2)]


def test_lines_with_the_same_sku_count_as_one() -> None:
    goods_come_in(MUG=5)

    with pytest.raises(OutOfStock) as refused:
        inventory.reserve(wish(("MUG", 3), ("MUG", 3)), key="too many")
    assert (refused.value.wanted, refused.value.available) == (6, 5)

    reservation = inventory.reserve(wish(("MUG", 3), ("MUG", 2)), key="all of them")
    assert [(line.sku, line.quantity) for line in reservation.lines] == [("MUG", 5)]


def test_a_line_that_is_short_leaves_nothing_set_aside() -> None:
    goods_come_in(MUG=5, PEN=1)

    with pytest.raises(OutOfStock) as refused:
        inventory.reserve(wish(("MUG", 2), ("PEN", 2)), key="k")

    assert refused.value.detail == "PEN: 2 wanted, 1 available."
    assert shelf() == {"MUG": (5, 0), "PEN": (1, 0)}
    assert not Reservation.objects.exists()


def test_an_unknown_sku_is_out_of_stock() -> None:
    with pytest.raises(OutOfStock) as refused:
        inventory.reserve(wish(("GHOST", 1)), key="k")
    assert refused.value.available == 0
    assert inventory.levels(["GHOST"]) == [StockLevel(sku="GHOST", on_hand=0, reserved=0, available=0)]


def test_the_same_key_reserves_once() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))

    first, again = inventory.reserve(request, key="k"), inventory.reserve(request, key="k")

    assert first == again
    assert shelf() == {"MUG": (5, 2)}


def test_the_same_key_for_another_request_is_refused() -> None:
    goods_come_in(MUG=5)
    inventory.reserve(wish(("MUG", 2)), key="k")

    with pytest.raises(KeyReused):
        inventory.reserve(wish(("MUG", 1)), key="k")

    assert shelf() == {"MUG": (5, 2)}


def test_a_refusal_is_remembered_although_goods_came_in_since() -> None:
    request = wish(("MUG", 1))
    with pytest.raises(OutOfStock):
        inventory.reserve(request, key="k")
    goods_come_in(MUG=5)

    with pytest.raises(OutOfStock):
        inventory.reserve(request, key="k")

    assert shelf() == {"MUG": (5, 0)}


def test_an_order_has_one_live_reservation_at_most() -> None:
    goods_come_in(MUG=5)
    order_id = OrderId.new()
    inventory.reserve(wish(("MUG", 1), order_id=order_id), key="first")

    with pytest.raises(AlreadyReserved):
        inventory.reserve(wish(("MUG", 1), order_id=order_id), key="second")
    assert shelf() == {"MUG": (5, 1)}

    inventory.release(key="first")
    inventory.reserve(wish(("MUG", 4), order_id=order_id), key="third")
    assert shelf() == {"MUG": (5, 4)}


def test_releasing_puts_everything_back_once() -> None:
    goods_come_in(MUG=5, PEN=1)
    request = wish(("MUG", 2), ("PEN", 1))
    inventory.reserve(request, key="k")

    inventory.release(key="k")
    inventory.release(key="k")

    assert shelf() == {"MUG": (5, 0), "PEN": (1, 0)}
    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2), ("released", 0, -2)]
    released = inventory.reservation_of(request.order_id)
    assert released is not None
    assert released.state == "released"


def test_releasing_what_was_never_reserved_is_fine_and_lasts() -> None:
    goods_come_in(MUG=5)

    inventory.release(key="k")
    with pytest.raises(Undone):
        inventory.reserve(wish(("MUG", 2)), key="k")

    assert shelf() == {"MUG": (5, 0)}


def test_a_released_reservation_is_not_made_again_by_a_late_repeat() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")
    inventory.release(key="k")

    with pytest.raises(Undone):
        inventory.reserve(request, key="k")

    assert shelf() == {"MUG": (5, 0)}


def test_goods_are_received_once_per_key() -> None:
    delivery = ReceiveStock(sku="MUG", quantity=5, reference="delivery 4711")

    first, again = inventory.receive(delivery, key="k"), inventory.receive(delivery, key="k")
    more = inventory.receive(delivery, key="another")

    assert first == again
    assert (first.on_hand, first.reserved, first.available, more.on_hand) == (5, 0, 5, 10)


def test_levels_come_in_the_order_asked() -> None:
    goods_come_in(PEN=1, MUG=2)
    assert [level.sku for level in inventory.levels(["PEN", "GHOST", "MUG", "PEN"])] == ["PEN", "GHOST", "MUG", "PEN"]


def test_an_order_that_reserved_nothing_has_no_reservation() -> None:
    assert inventory.reservation_of(OrderId.new()) is None


def test_reserving_with_a_transaction_open_is_an_error_of_the_caller() -> None:
    goods_come_in(MUG=5)
    with transaction.atomic(using="inventory"), pytest.raises(CalledInsideTransaction):
        inventory.reserve(wish(("MUG", 1)), key="k")
    assert shelf() == {"MUG": (5, 0)}


@pytest.mark.parametrize(("sku", "quantity"), [("MUG", 0), ("MUG", -1), ("MUG", 10**9 + 1), ("mug", 1), ("", 1)])
def test_a_line_asks_for_at_least_one_of_a_sku(sku: str, quantity: int) -> None:
    with pytest.raises(ValidationError):
        StockLine(sku=sku, quantity=quantity)


def test_a_request_has_a_line() -> None:
    with pytest.raises(ValidationError):
        ReserveStock(order_id=OrderId.new(), lines=[])
