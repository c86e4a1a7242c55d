"""Stock that runs low or out is announced once, when it does, and together with what made it so."""

import pytest

from modules.inventory.contracts import AdjustStock, NotEnoughOnHand, OutOfStock
from modules.inventory.events import StockLow, StockSoldOut
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import announced, goods_come_in, limit, open_locations, wish
from modules.orders.contracts import OrderId

pytestmark = pytest.mark.usefixtures("binding")


def buy(quantity: int, *, key: str = "") -> str:
    """The key."""
    chosen = key or OrderId.new()
    inventory.reserve(wish(("MUG", quantity)), key=chosen)
    return chosen


def lows() -> list[tuple[str, int, int]]:
    return [(event.location, event.available, event.reorder_point) for event in announced(StockLow)]


def sold_out() -> list[tuple[str, str]]:
    return [(event.sku, event.location) for event in announced(StockSoldOut)]


def test_it_is_announced_when_what_is_available_falls_to_the_reorder_point_and_no_further_time() -> None:
    goods_come_in(MUG=5)
    limit("MUG", reorder_point=3)
    buy(1)
    assert lows() == []
    buy(1)
    assert lows() == [("main", 3, 3)]
    buy(1)
    assert lows() == [("main", 3, 3)]


def test_it_is_announced_again_once_it_was_above() -> None:
    goods_come_in(MUG=5)
    limit("MUG", reorder_point=3)
    key = buy(4)
    inventory.release(key=key)
    buy(3)
    assert lows() == [("main", 1, 3), ("main", 2, 3)]


def test_a_reorder_point_that_is_set_above_what_there_is_is_reached_at_once() -> None:
    goods_come_in(MUG=5)
    limit("MUG", reorder_point=9)
    limit("MUG", reorder_point=8)
    limit("MUG", reorder_point=2)
    assert lows() == [("main", 5, 9)]


def test_without_a_reorder_point_nothing_is_low() -> None:
    goods_come_in(MUG=5)
    buy(5)
    assert lows() == []


def test_whatever_takes_it_below_counts() -> None:
    goods_come_in(MUG=5)
    limit("MUG", reorder_point=3)
    inventory.adjust(AdjustStock(sku="MUG", change=-3, reason="damaged", reference="flood"), key="k")
    assert lows() == [("main", 2, 3)]


def test_the_last_piece_that_is_taken_at_a_location_is_announced() -> None:
    open_locations("north")
    goods_come_in("north", MUG=2)
    goods_come_in(MUG=2)
    buy(1)
    assert sold_out() == []
    buy(2)
    assert sold_out() == [("MUG", "main")]
    buy(1)
    assert sold_out() == [("MUG", "main"), ("MUG", "north")]


def test_what_was_sold_out_before_does_not_sell_out_again_by_backorders() -> None:
    goods_come_in(MUG=1)
    limit("MUG", backorders=5)
    buy(1)
    buy(2)
    buy(1)
    assert sold_out() == [("MUG", "main")]


def test_what_was_not_done_is_not_announced() -> None:
    goods_come_in(MUG=5, PEN=1)
    limit("MUG", reorder_point=3)
    with pytest.raises(OutOfStock):
        inventory.reserve(wish(("MUG", 5), ("PEN", 2)), key="k")
    with pytest.raises(NotEnoughOnHand):
        inventory.adjust(AdjustStock(sku="MUG", change=-6, reference="flood"), key="k")
    assert (lows(), sold_out()) == ([], [])


def test_repeating_a_request_announces_nothing_more() -> None:
    goods_come_in(MUG=1)
    request = wish(("MUG", 1))
    for _ in range(3):
        inventory.reserve(request, key="k")
    assert sold_out() == [("MUG", "main")]
