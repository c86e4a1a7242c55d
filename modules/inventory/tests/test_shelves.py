"""Goods that come back, get lost, are counted and moved; and corrections by the hundred."""

import pytest

from modules.inventory.contracts import (
    AdjustmentReason,
    AdjustStock,
    AdjustStockBatch,
    CountStock,
    NotEnoughOnHand,
    ReturnStock,
    SameLocation,
    StaleQuantity,
    StockLevel,
    TransferStock,
)
from modules.inventory.facade import inventory
from modules.inventory.models import StockMovement
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import (
    goods_come_in,
    limit,
    open_locations,
    ordered,
    parcel_leaves,
    shelf,
    shelf_at,
    wish,
)
from modules.orders.contracts import OrderId
from tearline.facades import acting_as, perform

pytestmark = pytest.mark.usefixtures("binding")


def adjustment(
    change: int, *, sku: str = "MUG", location: str = "main", reason: AdjustmentReason = "adjusted"
) -> AdjustStock:
    return AdjustStock(sku=sku, change=change, reason=reason, reference="a look at the shelf", location=location)


def adjust(change: int, *, reason: AdjustmentReason = "adjusted", key: str = "") -> StockLevel:
    return inventory.adjust(adjustment(change, reason=reason), key=key or OrderId.new())


def count(quantity: int, *, expected: int, key: str = "") -> StockLevel:
    found = CountStock(sku="MUG", quantity=quantity, expected_quantity=expected, reference="stocktaking")
    return inventory.count(found, key=key or OrderId.new())


def transfer(quantity: int, source: str, target: str) -> StockLevel:
    goods = TransferStock(sku="MUG", quantity=quantity, source=source, target=target, reference="van")
    return inventory.transfer(goods, key=OrderId.new())


def test_what_comes_back_can_be_sold_again() -> None:
    goods_come_in(MUG=2)
    parcel_leaves(ordered(("MUG", 2)))
    goods = ReturnStock(sku="MUG", quantity=1, reference="return 7")

    inventory.take_back(goods, key="k")
    inventory.take_back(goods, key="k")

    assert shelf() == {"MUG": (1, 0)}
    assert story("MUG")[-1] == ("returned", 1, 0)


def test_the_books_are_corrected_once_for_each_key_and_say_why() -> None:
    goods_come_in(MUG=5)
    adjust(-2, reason="damaged", key="k")
    assert adjust(-2, reason="damaged", key="k").on_hand == 3
    assert adjust(1, reason="found").on_hand == 4
    assert story("MUG") == [("received", 5, 0), ("damaged", -2, 0), ("found", 1, 0)]


def test_the_ledger_says_who_asked_and_with_what() -> None:
    with acting_as("warehouse"):
        goods_come_in(MUG=5)
    perform("inventory", "adjust", {"request": adjustment(-1)}, caller="api:key_1", key="k")
    with acting_as("orders"):
        order_id = ordered(("MUG", 1))
    told = [(line.reason, line.actor, line.reference) for line in StockMovement.objects.order_by("id")]
    reservation = inventory.reservation_of(order_id)
    assert reservation is not None
    assert told == [
        ("received", "warehouse", "delivery"),
        ("adjusted", "api:key_1", "a look at the shelf"),
        ("reserved", "orders", reservation.id),
        ("committed", "orders", reservation.id),
    ]


def test_nothing_is_taken_away_that_was_promised_or_is_not_there() -> None:
    goods_come_in(MUG=5)
    ordered(("MUG", 3))
    with pytest.raises(NotEnoughOnHand) as refused:
        adjust(-3)
    assert (refused.value.on_hand, refused.value.reserved) == (5, 3)
    assert adjust(-2).available == 0


def test_a_count_sets_the_books_and_notes_the_difference() -> None:
    goods_come_in(MUG=5)
    assert count(3, expected=5, key="k").on_hand == 3
    assert count(3, expected=5, key="k").on_hand == 3
    count(3, expected=3)
    assert story("MUG") == [("received", 5, 0), ("counted", -2, 0), ("counted", 0, 0)]


def test_a_count_of_what_was_never_there_begins_at_none() -> None:
    assert count(4, expected=0).on_hand == 4


def test_a_count_that_began_before_the_last_change_is_refused() -> None:
    goods_come_in(MUG=5)
    adjust(-1)
    with pytest.raises(StaleQuantity) as refused:
        count(5, expected=5)
    assert (refused.value.code, refused.value.status) == ("inventory.stale_quantity", 409)
    assert (refused.value.expected, refused.value.on_hand) == (5, 4)
    assert shelf() == {"MUG": (4, 0)}


def test_what_is_set_aside_meanwhile_makes_no_count_stale() -> None:
    goods_come_in(MUG=5)
    inventory.reserve(wish(("MUG", 2)), key="k")
    assert count(4, expected=5).available == 2


def test_a_count_that_finds_fewer_than_were_promised_is_refused() -> None:
    goods_come_in(MUG=5)
    ordered(("MUG", 3))
    with pytest.raises(NotEnoughOnHand):
        count(2, expected=5)
    limit("MUG", backorders=1)
    assert count(2, expected=5).available == -1


def test_a_transfer_takes_here_and_puts_there() -> None:
    open_locations("north")
    goods_come_in(MUG=5)
    assert transfer(2, "main", "north").on_hand == 5
    assert (shelf_at("main"), shelf_at("north")) == ({"MUG": (3, 0)}, {"MUG": (2, 0)})
    assert story("MUG", "north") == [("transferred", 2, 0)]


def test_a_transfer_takes_nothing_that_was_promised() -> None:
    open_locations("north")
    goods_come_in(MUG=5)
    ordered(("MUG", 4))
    with pytest.raises(NotEnoughOnHand) as refused:
        transfer(2, "main", "north")
    assert refused.value.location == "main"
    assert (shelf_at("main"), shelf_at("north")) == ({"MUG": (5, 4)}, {})


def test_a_transfer_goes_somewhere() -> None:
    goods_come_in(MUG=5)
    with pytest.raises(SameLocation):
        transfer(1, "main", "main")


def test_a_limit_stays_above_what_was_promised() -> None:
    goods_come_in(MUG=1)
    limit("MUG", backorders=3)
    ordered(("MUG", 3))
    with pytest.raises(NotEnoughOnHand):
        limit("MUG", backorders=1)
    limit("MUG", backorders=2)
    [there] = inventory.levels(["MUG"])[0].by_location
    assert there.backorder_limit == 2


def test_of_many_adjustments_each_is_made_or_refused_by_itself() -> None:
    open_locations("north")
    goods_come_in(MUG=5, PEN=1)
    batch = AdjustStockBatch(
        adjustments=[
            adjustment(3, sku="PEN"),
            adjustment(-9),
            adjustment(1, location="nowhere"),
            adjustment(2, location="north"),
            adjustment(-5),
            adjustment(-1),
            adjustment(-1, sku="GHOST"),
        ]
    )

    told = inventory.adjust_batch(batch, key="k")
    again = inventory.adjust_batch(batch, key="k")

    assert told == again
    assert [(each.sku, each.location) for each in told] == [(each.sku, each.location) for each in batch.adjustments]
    assert [each.level.on_hand if each.level else None for each in told] == [4, None, None, 2, 0, None, None]
    assert [each.refused.code if each.refused else None for each in told] == [
        None,
        "inventory.not_enough_on_hand",
        "inventory.location_not_found",
        None,
        None,
        "inventory.not_enough_on_hand",
        "inventory.not_enough_on_hand",
    ]
    assert (shelf_at("main"), shelf_at("north")) == ({"MUG": (0, 0), "PEN": (4, 0)}, {"MUG": (2, 0)})
    assert "GHOST" not in shelf(), "what was refused leaves nothing behind"
