"""What becomes of stock that is an order's for good: it leaves with parcels, or is given back."""

import pytest

from modules.inventory.contracts import (
    AlreadyCommitted,
    MoreThanSetAside,
    NotCommitted,
    NotEnoughOnHand,
    NothingSetAside,
    Reservation,
    StockLine,
    WithdrawReservation,
)
from modules.inventory.facade import inventory
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import (
    confirmed,
    goods_come_in,
    hear,
    limit,
    open_locations,
    ordered,
    parcel_leaves,
    shelf,
    shelf_at,
    wish,
)
from modules.orders.contracts import OrderId

pytestmark = pytest.mark.usefixtures("binding")


def withdraw(order_id: OrderId, *lines: tuple[str, int], key: str = "") -> Reservation:
    unwanted = [StockLine(sku=sku, quantity=quantity) for sku, quantity in lines] or None
    request = WithdrawReservation(order_id=order_id, reference="changed my mind", lines=unwanted)
    return inventory.withdraw(request, key=key or OrderId.new())


def stage_of(order_id: OrderId) -> str | None:
    reservation = inventory.reservation_of(order_id)
    assert reservation is not None
    return reservation.stage


def test_what_leaves_is_neither_on_hand_nor_reserved_any_more() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))

    reservation = parcel_leaves(order_id)

    assert reservation.stage == "fulfilled"
    assert inventory.levels(["MUG"])[0].available == 3
    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2), ("committed", 0, 0), ("fulfilled", -2, -2)]


def test_who_knows_no_stages_is_told_that_it_is_committed() -> None:
    goods_come_in(MUG=5)
    left = parcel_leaves(ordered(("MUG", 2)))
    assert (left.state, left.stage) == ("committed", "fulfilled")


def test_an_order_leaves_with_several_parcels_and_is_fulfilled_with_the_last() -> None:
    goods_come_in(MUG=5, PEN=5)
    order_id = ordered(("MUG", 3), ("PEN", 1))

    first = parcel_leaves(order_id, ("MUG", 2), parcel="parcel 1")
    assert (first.stage, [line.fulfilled for line in first.lines], shelf()) == (
        "committed",
        [2, 0],
        {"MUG": (3, 1), "PEN": (5, 1)},
    )
    assert parcel_leaves(order_id, parcel="parcel 2").stage == "fulfilled"
    assert shelf() == {"MUG": (2, 0), "PEN": (4, 0)}


def test_goods_leave_from_where_they_were_set_aside() -> None:
    open_locations("north")
    goods_come_in("north", MUG=2)
    goods_come_in(MUG=2)
    order_id = ordered(("MUG", 3))

    parcel_leaves(order_id, ("MUG", 2), parcel="parcel 1")
    parcel_leaves(order_id, ("MUG", 1), parcel="parcel 2")

    assert (shelf_at("main"), shelf_at("north")) == ({"MUG": (1, 0)}, {"MUG": (0, 0)})


def test_a_parcel_leaves_once_whatever_the_key() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 4))

    parcel_leaves(order_id, ("MUG", 2), key="k")
    parcel_leaves(order_id, ("MUG", 2), key="k")
    parcel_leaves(order_id, ("MUG", 2), key="another")

    assert shelf() == {"MUG": (3, 2)}


def test_two_orders_may_call_their_parcels_alike() -> None:
    goods_come_in(MUG=5)
    for order_id in (ordered(("MUG", 1)), ordered(("MUG", 1))):
        parcel_leaves(order_id, parcel="parcel 1")
    assert shelf() == {"MUG": (3, 0)}


def test_no_more_leaves_than_is_set_aside() -> None:
    goods_come_in(MUG=9)
    order_id = ordered(("MUG", 2))

    with pytest.raises(MoreThanSetAside) as refused:
        parcel_leaves(order_id, ("MUG", 3))
    assert (refused.value.sku, refused.value.wanted, refused.value.set_aside) == ("MUG", 3, 2)
    with pytest.raises(MoreThanSetAside):
        parcel_leaves(order_id, ("PEN", 1))
    assert shelf() == {"MUG": (9, 2)}

    parcel_leaves(order_id)
    with pytest.raises(MoreThanSetAside):
        parcel_leaves(order_id, ("MUG", 1), parcel="parcel 2")


def test_nothing_leaves_for_an_order_that_is_not_confirmed() -> None:
    goods_come_in(MUG=9)
    with pytest.raises(NothingSetAside):
        parcel_leaves(OrderId.new())
    request = wish(("MUG", 1))
    inventory.reserve(request, key="k")
    with pytest.raises(NotCommitted):
        parcel_leaves(request.order_id)
    inventory.release(key="k")
    with pytest.raises(NothingSetAside):
        parcel_leaves(request.order_id)


def test_what_was_promised_before_it_came_in_leaves_once_it_has() -> None:
    goods_come_in(MUG=1)
    limit("MUG", backorders=2)
    order_id = ordered(("MUG", 3))

    with pytest.raises(NotEnoughOnHand):
        parcel_leaves(order_id)
    assert (shelf(), stage_of(order_id)) == ({"MUG": (1, 3)}, "committed")

    goods_come_in(MUG=2)
    parcel_leaves(order_id)
    assert shelf() == {"MUG": (0, 0)}


def test_hearing_of_the_order_again_when_it_has_left_changes_nothing() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))
    parcel_leaves(order_id)
    hear(confirmed(order_id))
    assert (stage_of(order_id), shelf()) == ("fulfilled", {"MUG": (3, 0)})


def test_what_has_left_is_not_released() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")
    hear(confirmed(request.order_id))
    parcel_leaves(request.order_id)
    with pytest.raises(AlreadyCommitted):
        inventory.release(key="k")


def test_what_a_confirmed_order_no_longer_wants_is_put_back() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 2))

    first, again = withdraw(order_id, key="k"), withdraw(order_id, key="k")

    assert first == again
    assert (first.stage, shelf()) == ("released", {"MUG": (5, 0)})
    assert story("MUG")[-1] == ("released", 0, -2)


def test_a_part_is_put_back_and_the_rest_leaves() -> None:
    goods_come_in(MUG=5, PEN=5)
    order_id = ordered(("MUG", 3), ("PEN", 1))

    assert withdraw(order_id, ("MUG", 2)).stage == "committed"
    assert shelf() == {"MUG": (5, 1), "PEN": (5, 1)}
    left = parcel_leaves(order_id)

    assert (left.stage, [(line.quantity, line.fulfilled, line.released) for line in left.lines]) == (
        "fulfilled",
        [(3, 1, 2), (1, 1, 0)],
    )
    assert shelf() == {"MUG": (4, 0), "PEN": (4, 0)}


def test_what_has_left_is_not_put_back() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 3))
    parcel_leaves(order_id, ("MUG", 2))

    with pytest.raises(MoreThanSetAside):
        withdraw(order_id, ("MUG", 2))

    assert withdraw(order_id).stage == "fulfilled"
    assert shelf() == {"MUG": (3, 0)}


def test_an_order_that_was_withdrawn_may_reserve_anew() -> None:
    goods_come_in(MUG=5)
    order_id = ordered(("MUG", 3))
    withdraw(order_id)
    with pytest.raises(NothingSetAside):
        withdraw(order_id)
    inventory.reserve(wish(("MUG", 1), order_id=order_id), key="anew")
    assert shelf() == {"MUG": (5, 1)}


def test_a_held_reservation_can_be_withdrawn_as_a_whole() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))
    inventory.reserve(request, key="k")
    assert withdraw(request.order_id).stage == "released"
    inventory.release(key="k")
    assert shelf() == {"MUG": (5, 0)}
