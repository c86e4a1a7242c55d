"""What the database itself refuses, whoever asks; and the ledger that is only ever added to."""

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from modules.inventory.facade import inventory
from modules.inventory.models import (
    Cause,
    Departure,
    NotEnough,
    Reservation,
    ReservationLine,
    StockLevel,
    StockMovement,
)
from modules.inventory.states import RESERVATION
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from tearline.databases.ledgers import Rewritten


@pytest.mark.parametrize(
    ("on_hand", "reserved", "backorder_limit"),
    [(1, 2, 0), (-1, 0, 0), (-1, 0, 5), (1, -1, 0), (-1, -1, 0), (1, 4, 2), (1, 0, -1)],
)
def test_no_level_outside_of_its_bounds(on_hand: int, reserved: int, backorder_limit: int) -> None:
    goods_come_in(MUG=1)
    with pytest.raises(IntegrityError, match="inventory_reserved_within_on_hand_and_backorders"):
        StockLevel.objects.update(on_hand=on_hand, reserved=reserved, backorder_limit=backorder_limit)


@pytest.mark.parametrize(("on_hand", "reserved"), [(0, 4), (-4, 0), (0, -3), (-2, 0)])
def test_a_level_moves_as_far_as_it_can_and_no_further(on_hand: int, reserved: int) -> None:
    goods_come_in(MUG=3)
    inventory.reserve(wish(("MUG", 2)), key="k")

    with pytest.raises(NotEnough), transaction.atomic(using="inventory"):
        StockLevel.move("MUG", "main", on_hand=on_hand, reserved=reserved, cause=Cause("adjusted", "test", "test"))

    assert shelf() == {"MUG": (3, 2)}


def test_no_movement_for_a_reason_that_nobody_knows() -> None:
    with pytest.raises(IntegrityError, match="inventory_movement_reason_known"):
        StockMovement.objects.create(sku="MUG", location="main", reason="eaten", reference="test")


def test_no_reservation_in_a_state_that_nobody_knows() -> None:
    with pytest.raises(IntegrityError, match="inventory_reservation_state_known"):
        Reservation.objects.create(id="res_1", key="k", order_id="ord_1", state="lost")


def test_no_second_live_reservation_of_an_order() -> None:
    Reservation.objects.create(id="res_1", key="k1", order_id="ord_1", state="committed")
    Reservation.objects.create(id="res_2", key="k2", order_id="ord_1", state="released")
    with pytest.raises(IntegrityError):
        Reservation.objects.create(id="res_3", key="k3", order_id="ord_1", state="held")


def test_no_line_of_nothing_and_no_sku_twice_from_one_location() -> None:
    reservation = Reservation.objects.create(id="res_1", key="k", order_id="ord_1")
    with pytest.raises(IntegrityError, match="inventory_line_quantity_positive"):
        ReservationLine.objects.create(reservation=reservation, sku="MUG", location="main", quantity=0)
    given = {"reservation": reservation, "sku": "MUG", "quantity": 2, "fulfilled": 1, "released": 1}
    ReservationLine.objects.create(location="main", **given)
    ReservationLine.objects.create(location="north", **given)
    with pytest.raises(IntegrityError):
        ReservationLine.objects.create(location="main", **given)


@pytest.mark.parametrize(("fulfilled", "released"), [(3, 0), (0, 3), (2, 1), (-1, 0), (0, -1)])
def test_no_line_gives_more_than_it_holds(fulfilled: int, released: int) -> None:
    reservation = Reservation.objects.create(id="res_1", key="k", order_id="ord_1")
    with pytest.raises(IntegrityError, match="inventory_line_gives_no_more_than_it_holds"):
        ReservationLine.objects.create(
            reservation=reservation, sku="MUG", location="main", quantity=2, fulfilled=fulfilled, released=released
        )


def test_no_parcel_leaves_twice() -> None:
    reservation = Reservation.objects.create(id="res_1", key="k", order_id="ord_1")
    Departure.objects.create(reservation=reservation, reference="parcel 1")
    with pytest.raises(IntegrityError):
        Departure.objects.create(reservation=reservation, reference="parcel 1")


@pytest.mark.parametrize("old", RESERVATION.states)
@pytest.mark.parametrize("new", RESERVATION.states)
def test_a_reservation_goes_only_where_the_table_lets_it(old: str, new: str) -> None:
    Reservation.objects.create(id="res_1", key="k", order_id="ord_1", state=old)
    row = Reservation.objects.filter(pk="res_1")
    if RESERVATION.allows(old, new):
        assert row.update(state=new) == 1
    else:
        with pytest.raises(IntegrityError, match="inventory_reservation_state_moves"):
            row.update(state=new)


@pytest.mark.parametrize(("on_hand_after", "reserved_after"), [(None, None), (-1, 0), (0, -1), (None, 0)])
def test_no_movement_without_the_balance_that_it_left(on_hand_after: int | None, reserved_after: int | None) -> None:
    with pytest.raises(IntegrityError, match="inventory_movement_leaves_a_balance"):
        StockMovement.objects.create(
            sku="MUG",
            location="main",
            reason="received",
            on_hand_change=1,
            on_hand_after=on_hand_after,
            reserved_after=reserved_after,
        )


def test_a_movement_is_neither_changed_nor_removed() -> None:
    goods_come_in(MUG=3)
    movement = StockMovement.objects.get()
    with pytest.raises(Rewritten):
        movement.save()
    with pytest.raises(Rewritten):
        movement.delete()


@pytest.mark.postgres_only
def test_the_serving_role_may_not_touch_the_ledger() -> None:
    goods_come_in(MUG=3)
    for statement in ("UPDATE inventory_stockmovement SET on_hand_change = 4", "DELETE FROM inventory_stockmovement"):
        with pytest.raises(ProgrammingError, match="permission denied"), connections["inventory"].cursor() as cursor:
            cursor.execute(statement)
