"""The module's own proof that ledger, levels and reservations agree: it notices whoever goes past the ledger."""

import contextlib
from collections.abc import Iterator

import pytest
from django.db import connections

from modules.inventory.contracts import StockDifference
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import goods_come_in, open_locations, ordered, parcel_leaves

pytestmark = pytest.mark.usefixtures("binding")


@contextlib.contextmanager
def going_past_the_ledger(change: str, undo: str) -> Iterator[None]:
    """In SQL. What was changed is changed back, as every test here ends balanced."""
    with connections["inventory"].cursor() as cursor:
        cursor.execute(change)
    yield
    with connections["inventory"].cursor() as cursor:
        cursor.execute(undo)


@pytest.fixture(autouse=True)
def _stock(_balanced: None) -> None:
    open_locations("north")
    goods_come_in("north", MUG=5)
    goods_come_in(MUG=3, PEN=9)
    order_id = ordered(("MUG", 6), ("PEN", 2))
    parcel_leaves(order_id, ("MUG", 1))


def test_without_any_it_says_how_much_it_has_compared() -> None:
    told = inventory.drift()
    assert (told.levels, told.differences) == (3, [])


def test_a_level_that_moved_by_itself_is_named() -> None:
    with going_past_the_ledger(
        "UPDATE inventory_stocklevel SET on_hand = on_hand + 2 WHERE item_id = 'PEN'",
        "UPDATE inventory_stocklevel SET on_hand = on_hand - 2 WHERE item_id = 'PEN'",
    ):
        told = inventory.drift()
    assert told.differences == [
        StockDifference(
            sku="PEN", location="main", on_hand=11, ledger_on_hand=9, reserved=2, ledger_reserved=2, promised=2
        )
    ]


def test_what_is_set_aside_for_nobody_is_named_at_its_location() -> None:
    with going_past_the_ledger(
        "UPDATE inventory_stocklevel SET reserved = reserved - 1 WHERE item_id = 'MUG' AND location_id = 'north'",
        "UPDATE inventory_stocklevel SET reserved = reserved + 1 WHERE item_id = 'MUG' AND location_id = 'north'",
    ):
        [told] = inventory.drift().differences
    assert (told.sku, told.location) == ("MUG", "north")
    assert told.reserved == told.ledger_reserved - 1 == told.promised - 1


def test_a_reservation_that_holds_what_no_level_has_set_aside_is_named() -> None:
    with going_past_the_ledger(
        "UPDATE inventory_reservationline SET released = released + 1 WHERE sku = 'PEN'",
        "UPDATE inventory_reservationline SET released = released - 1 WHERE sku = 'PEN'",
    ):
        [told] = inventory.drift().differences
    assert (told.sku, told.reserved, told.ledger_reserved, told.promised) == ("PEN", 2, 2, 1)


def test_a_promise_that_was_dropped_on_both_sides_is_named_by_the_ledger() -> None:
    with (
        going_past_the_ledger(
            "UPDATE inventory_stocklevel SET reserved = reserved - 1 WHERE item_id = 'PEN'",
            "UPDATE inventory_stocklevel SET reserved = reserved + 1 WHERE item_id = 'PEN'",
        ),
        going_past_the_ledger(
            "UPDATE inventory_reservationline SET released = released + 1 WHERE sku = 'PEN'",
            "UPDATE inventory_reservationline SET released = released - 1 WHERE sku = 'PEN'",
        ),
    ):
        [told] = inventory.drift().differences
    assert (told.sku, told.reserved, told.ledger_reserved, told.promised) == ("PEN", 1, 2, 1)


def test_a_level_that_went_elsewhere_is_missed_where_it_was() -> None:
    with going_past_the_ledger(
        "UPDATE inventory_stocklevel SET location_id = 'north' WHERE item_id = 'PEN'",
        "UPDATE inventory_stocklevel SET location_id = 'main' WHERE item_id = 'PEN'",
    ):
        told = inventory.drift().differences
    assert [(each.location, each.on_hand, each.ledger_on_hand) for each in told] == [("main", 0, 9), ("north", 9, 0)]
