"""What the database itself refuses, whoever asks; and the ledger that is only ever added to."""

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from modules.inventory.facade import inventory
from modules.inventory.models import NotEnough, Reservation, ReservationLine, StockLevel, StockMovement
from modules.inventory.tests.ledger import drift
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from tearline.databases.ledgers import Rewritten


@pytest.mark.parametrize(("on_hand", "reserved"), [(1, 2), (-1, 0), (1, -1), (-1, -1)])
def test_no_level_outside_of_its_bounds(on_hand: int, reserved: int) -> None:
    with pytest.raises(IntegrityError, match="inventory_reserved_within_on_hand"):
        StockLevel.objects.create(sku="MUG", on_hand=on_hand, reserved=reserved)


@pytest.mark.parametrize(("on_hand", "reserved"), [(0, 4), (-4, 0), (0, -3), (-2, 0)])
def test_a_level_moves_as_far_as_it_can_and_no_further(on_hand: int, reserved: int) -> None:
    goods_come_in(MUG=3)
    inventory.reserve(wish(("MUG", 2)), key="k")

    with pytest.raises(NotEnough), transaction.atomic(using="inventory"):
        StockLevel.move("MUG", on_hand=on_hand, reserved=reserved, reason="received", reference="test")

    assert shelf() == {"MUG": (3, 2)}


def test_no_movement_for_a_reason_that_nobody_knows() -> None:
    with pytest.raises(IntegrityError, match="inventory_movement_reason_known"):
        StockMovement.objects.create(sku="MUG", reason="lost", reference="test")


def test_no_reservation_in_a_state_that_nobody_knows() -> None:
    with pytest.raises(IntegrityError, match="inventory_reservation_state_known"):
        Reservation.objects.create(id="res_1", key="k", order_id="ord_1", state="lost")


def test_no_second_live_reservation_of_an_order() -> None:
    Reservation.objects.create(id="res_1", key="k1", order_id="ord_1", state="committed")
    Reservation.objects.create(id="res_2", key="k2", order_id="ord_1", state="released")
    with pytest.raises(IntegrityError):
        Reservation.objects.create(id="res_3", key="k3", order_id="ord_1", state="held")


def test_no_line_of_nothing_and_no_sku_twice() -> None:
    reservation = Reservation.objects.create(id="res_1", key="k", order_id="ord_1")
    with pytest.raises(IntegrityError, match="inventory_line_quantity_positive"):
        ReservationLine.objects.create(reservation=reservation, sku="MUG", quantity=0)
    ReservationLine.objects.create(reservation=reservation, sku="MUG", quantity=1)
    with pytest.raises(IntegrityError):
        ReservationLine.objects.create(reservation=reservation, sku="MUG", quantity=1)


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


def test_a_level_that_moved_by_itself_is_noticed() -> None:
    goods_come_in(MUG=3)

    StockLevel.objects.filter(sku="MUG").update(on_hand=4)
    assert drift() == {"MUG": ((4, 0), (3, 0))}

    StockLevel.objects.filter(sku="MUG").update(on_hand=3)
