"""What becomes of a parcel once it is with the carrier."""

from pytest_django import Settings

from modules.inventory.facade import inventory
from modules.shipping.adapters.simulated import USED
from modules.shipping.facade import shipping
from tests.journeys.shop import Shop


def test_what_has_left_with_a_parcel_is_off_the_shelf(shop: Shop, settings: Settings) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    before = shop.stock("MUG-BLUE")
    assert (before.on_hand, before.reserved) == (10, 2)

    settings.SHIPPING_SIMULATED_SPEED = 1e12
    shop.let_pass(minutes=61)  # until the carrier is asked for the first time
    shop.settle()
    after = shop.stock("MUG-BLUE")
    assert (after.on_hand, after.reserved) == (8, 0)
    assert [shipment.state for shipment in shipping.shipments_of(order.id)] == ["delivered"]


def test_who_cancels_when_the_carrier_has_the_parcel_keeps_the_goods_and_pays_for_them(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2, to=USED)
    shop.settle()
    assert shop.cancel(order).status_code == 200
    shop.settle()

    assert (shop.outcome(order), shop.charged(order)) == ("confirmed", [2900])
    assert shop.timeline(order)[-2:] == ["stop shipping refused", "cancellation refused"]
    assert [shipment.state for shipment in shipping.shipments_of(order.id)] == ["in_transit"]
    stock = shop.stock("MUG-BLUE")
    assert (stock.on_hand, stock.reserved) == (8, 0)
    assert (inventory.drift().differences, shop.parked()) == ([], [])
    assert shop.cancel(order).status_code == 409
