import pytest

from modules.catalog.contracts import NoPriceInCurrency, NotForSale
from modules.orders.contracts import LARGEST_TOTAL, OrderId, OrderNotFound, OrderTooLarge
from modules.orders.facade import orders
from modules.orders.models import Order, OrderEntry
from modules.orders.tests.conftest import Place, offer
from tearline.contracts import KeyReused, Money
from tearline.databases.ledgers import Rewritten
from tearline.models import OutboxRow


def test_an_order_is_pending_at_the_catalogs_prices(place: Place) -> None:
    order = place(MUG=2, STICKER=3)
    assert order.status == "pending"
    assert [(line.sku, line.quantity, line.unit_price.amount, line.total.amount) for line in order.lines] == [
        ("MUG", 2, 999, 1998),
        ("STICKER", 3, 150, 450),
    ]
    assert order.total == Money(amount=2448, currency="EUR")
    assert orders.find(order.id) == order


def test_a_later_price_does_not_change_an_order(place: Place) -> None:
    order = place(MUG=1)
    offer("MUG", 1999)
    assert orders.find(order.id).total.amount == 999
    assert place(MUG=1, key="k2").total.amount == 1999


def test_what_is_not_for_sale_is_refused_and_nothing_is_written(place: Place) -> None:
    with pytest.raises(NotForSale):
        place(MUG=1, UNICORN=1)
    with pytest.raises(NoPriceInCurrency):
        place(MUG=1, currency="USD", key="k2")
    assert not Order.objects.exists()
    assert not OutboxRow.objects.using("orders").exists()


def test_an_order_that_comes_to_more_than_can_be_told_is_refused(place: Place) -> None:
    offer("CRANE", LARGEST_TOTAL)
    assert place(CRANE=1).total.amount == LARGEST_TOTAL
    with pytest.raises(OrderTooLarge) as refused:
        place(CRANE=1, MUG=1, key="k2")
    assert (refused.value.code, refused.value.lines) == ("orders.order_too_large", LARGEST_TOTAL + 999)
    offer("MOON", 10**15)
    with pytest.raises(OrderTooLarge):
        place(MOON=999, key="k3")


def test_a_refused_order_stays_refused_under_its_key(place: Place) -> None:
    with pytest.raises(NotForSale):
        place(UNICORN=1)
    offer("UNICORN", 500)
    with pytest.raises(NotForSale):
        place(UNICORN=1)
    assert place(UNICORN=1, key="k2").status == "pending"


def test_the_same_key_is_the_same_order(place: Place) -> None:
    assert place(MUG=1).id == place(MUG=1).id
    assert Order.objects.count() == 1
    with pytest.raises(KeyReused):
        place(MUG=2)


def test_the_timeline_says_who_placed_it_and_is_never_rewritten(place: Place) -> None:
    order = place(MUG=1)
    assert [(entry.what, entry.who) for entry in orders.timeline(order.id)] == [("placed", "outside")]
    entry = OrderEntry.objects.get()
    with pytest.raises(Rewritten):
        entry.save()


def test_an_unknown_order_is_refused(shop: None) -> None:
    nobody = OrderId.new()
    for ask in (orders.find, orders.timeline):
        with pytest.raises(OrderNotFound):
            ask(nobody)
