"""Goods in several places: which one serves an order, and how places open and close."""

import pytest
from pytest_django import Settings

from modules.inventory.contracts import (
    AddLocation,
    ChangeLocation,
    LocationClosed,
    LocationExists,
    LocationInUse,
    LocationNotFound,
    OutOfStock,
    ReceiveStock,
    TakenFrom,
)
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import goods_come_in, limit, open_locations, shelf, shelf_at, wish
from modules.orders.contracts import OrderId

pytestmark = pytest.mark.usefixtures("binding")


def close(code: str) -> None:
    inventory.change_location(ChangeLocation(code=code, active=False), key=OrderId.new())


def receive_in(location: str) -> None:
    goods = ReceiveStock(sku="MUG", quantity=1, reference="delivery", location=location)
    inventory.receive(goods, key=OrderId.new())


def test_an_order_that_fits_one_location_comes_from_one() -> None:
    open_locations("north", "south")
    goods_come_in("north", MUG=5)
    goods_come_in("south", MUG=5, PEN=5)

    reservation = inventory.reserve(wish(("MUG", 1), ("PEN", 1)), key="k")

    assert [line.taken_from for line in reservation.lines] == [[TakenFrom(location="south", quantity=1)]] * 2
    assert (shelf_at("north"), shelf_at("south")) == ({"MUG": (5, 0)}, {"MUG": (5, 1), "PEN": (5, 1)})


def test_a_shop_may_choose_to_go_by_priority_alone(settings: Settings) -> None:
    settings.INVENTORY_ALLOCATION = "modules.inventory.allocation.by_priority"
    open_locations("north", "south")
    goods_come_in("north", MUG=5)
    goods_come_in("south", MUG=5, PEN=5)

    inventory.reserve(wish(("MUG", 1), ("PEN", 1)), key="k")

    assert (shelf_at("north"), shelf_at("south")) == ({"MUG": (5, 1)}, {"MUG": (5, 0), "PEN": (5, 1)})


def test_an_order_that_no_location_can_fill_is_split_and_put_back_where_it_was() -> None:
    open_locations("north", "south")
    goods_come_in("north", MUG=2)
    goods_come_in("south", MUG=2)

    reservation = inventory.reserve(wish(("MUG", 3)), key="k")

    [line] = reservation.lines
    assert (line.quantity, [(taken.location, taken.quantity) for taken in line.taken_from]) == (
        3,
        [("north", 2), ("south", 1)],
    )
    assert shelf() == {"MUG": (4, 3)}
    inventory.release(key="k")
    assert (shelf_at("north"), shelf_at("south")) == ({"MUG": (2, 0)}, {"MUG": (2, 0)})


def test_the_level_of_a_sku_is_that_of_all_locations_and_says_where() -> None:
    open_locations("north")
    goods_come_in("north", MUG=2)
    goods_come_in(MUG=3)
    inventory.reserve(wish(("MUG", 2)), key="k")

    [level] = inventory.levels(["MUG"])

    assert (level.on_hand, level.reserved, level.available) == (5, 2, 3)
    assert [(there.location, there.on_hand, there.available) for there in level.by_location] == [
        ("main", 3, 3),
        ("north", 2, 0),
    ]


def test_more_may_be_promised_than_there_is_up_to_a_limit() -> None:
    goods_come_in(MUG=2)
    limit("MUG", backorders=3)

    inventory.reserve(wish(("MUG", 4)), key="four")
    with pytest.raises(OutOfStock) as refused:
        inventory.reserve(wish(("MUG", 2)), key="two more")
    inventory.reserve(wish(("MUG", 1)), key="one more")

    assert refused.value.available == 1
    assert inventory.levels(["MUG"])[0].available == -3
    assert shelf() == {"MUG": (2, 5)}


def test_locations_are_told_in_the_order_in_which_they_are_asked() -> None:
    goods_come_in(MUG=1)
    open_locations("south", "north")
    assert [location.code for location in inventory.locations()] == ["south", "north", "main"]
    inventory.change_location(ChangeLocation(code="south", priority=500, name="Far away"), key="k")
    assert [location.name for location in inventory.locations()] == ["North", "Main", "Far away"]


def test_a_location_is_added_once() -> None:
    request = AddLocation(code="north", name="North")
    assert inventory.add_location(request, key="k") == inventory.add_location(request, key="k")
    with pytest.raises(LocationExists):
        inventory.add_location(request, key="another")


def test_a_location_that_holds_nothing_is_closed_and_opened_again() -> None:
    open_locations("north")
    close("north")
    with pytest.raises(LocationClosed):
        receive_in("north")
    inventory.change_location(ChangeLocation(code="north", active=True), key="k")
    receive_in("north")
    assert shelf_at("north") == {"MUG": (1, 0)}


def test_a_location_that_holds_something_is_not_closed() -> None:
    open_locations("north")
    receive_in("north")
    with pytest.raises(LocationInUse):
        close("north")
    assert [location.active for location in inventory.locations()] == [True]


def test_a_location_from_which_something_is_promised_is_not_closed() -> None:
    open_locations("north")
    limit("MUG", "north", backorders=1)
    inventory.reserve(wish(("MUG", 1)), key="k")
    with pytest.raises(LocationInUse):
        close("north")
    inventory.release(key="k")
    close("north")


def test_from_a_location_that_was_closed_nothing_is_promised_any_more() -> None:
    open_locations("north")
    limit("MUG", "north", backorders=5)
    close("north")
    with pytest.raises(OutOfStock):
        inventory.reserve(wish(("MUG", 1)), key="k")


def test_an_unknown_location_is_refused() -> None:
    with pytest.raises(LocationNotFound):
        receive_in("nowhere")
    with pytest.raises(LocationNotFound):
        close("nowhere")


def test_the_main_location_need_not_be_made_first() -> None:
    receive_in("main")
    assert [location.code for location in inventory.locations()] == ["main"]
