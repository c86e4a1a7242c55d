"""Modules ask and hear each other as they have declared, all of it is in use, and not too often."""

from types import SimpleNamespace

import pytest
from pytest_django import Settings

from modules.inventory.contracts import Reservation, ReserveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import OrderId
from modules.payments.facade import payments
from tearline.documentation import gathered
from tearline.facades import ChainTooLong, acting_as
from tearline.journeys import Journey, keep, kept
from tearline.testing import Observed, observing
from tests.journeys.shop import Shop


@pytest.fixture
def observed(shop: Shop, settings: Settings) -> Observed:
    """An order whose parcel arrives, one that is given up, one that is declined, one for which the stock runs out."""
    with observing() as observed:
        shop.order("MUG-BLUE", 2)
        given_up = shop.order("MUG-BLUE", 1)
        shop.order("MUG-BLUE", 2, card="pm_card_declined")
        shop.order("MUG-GOLD", 4)
        shop.settle()
        shop.cancel(given_up)
        shop.settle()
        settings.SHIPPING_SIMULATED_SPEED = 1e12
        shop.let_pass(minutes=61)  # until the carrier is asked for the first time
        shop.settle()
    assert shop.parked() == []
    return observed


def test_nothing_is_asked_or_heard_that_is_not_declared(observed: Observed) -> None:
    assert observed.undeclared() == []


def test_nothing_is_declared_that_is_not_used(observed: Observed) -> None:
    assert observed.unseen() == []


def test_whatever_is_asked_and_heard_is_in_the_reference(observed: Observed) -> None:
    """Which is read off the code, and would not show a facade that goes by another name."""
    told = gathered().modules
    asks = {(each.name, f"{peer}.{name}") for each in told for peer, names in each.asks.items() for name in names}
    hears = {(heard.topic, each.name) for each in told for heard in each.hears}

    asked = {(caller, name) for caller, name in observed.calls if (caller, name.partition(".")[0]) in observed.asked}
    assert asked - asks == set()
    assert observed.delivered.keys() - hears == set()
    assert len(asked) > len(told)


def test_what_is_not_declared_is_seen(shop: Shop) -> None:
    with observing() as observed, acting_as("catalog"):
        inventory.levels(["MUG-BLUE"])
    observed.heard.add(("catalog", "payments"))

    assert observed.undeclared() == ["catalog asks inventory", "catalog hears payments"]
    assert "orders asks payments" in observed.unseen()


@pytest.fixture
def inventory_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks inventory for its levels waits for payments, too."""

    def levels(_self: object, skus: list[str]) -> list[object]:
        payments.payment_of(OrderId.new())
        return []

    monkeypatch.setattr("modules.inventory.local.LocalInventory.levels", levels)


def test_a_module_that_another_one_waits_for_asks_nobody(shop: Shop, inventory_asks: None) -> None:
    with (
        acting_as("orders"),
        pytest.raises(ChainTooLong, match=r"asked while others wait .*: orders > inventory > pay"),
    ):
        inventory.levels(["MUG-BLUE"])


@pytest.mark.parametrize(("caller", "strict"), [("landing", True), ("inventory", True), ("orders", False)])
def test_it_may_where_a_page_waits_or_it_asks_by_itself_or_nobody_is_strict(
    shop: Shop, inventory_asks: None, settings: Settings, caller: str, *, strict: bool
) -> None:
    settings.TEARLINE_STRICT = strict
    with acting_as(caller):
        assert inventory.levels(["MUG-BLUE"]) == []


def test_an_order_takes_so_many_calls_between_modules(shop: Shop) -> None:
    """Each is a round trip once the module has left. Two asks for the order come from letters, one from the parcel."""
    with observing() as observed:
        shop.order("MUG-BLUE", 2, also={"MUG-GOLD": 1})
        shop.settle()

    assert observed.calls_between_modules() == {
        "orders > catalog.quote": 1,
        "orders > inventory.reserve": 1,
        "orders > payments.authorize": 1,
        "orders > payments.capture": 1,
        "notifications > orders.find": 2,
        "shipping > orders.find": 1,
    }


def test_one_call_more_than_that_is_noticed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def reserve_twice(request: ReserveStock, *, key: str) -> Reservation:
        inventory.reserve(request, key=key)
        return inventory.reserve(request, key=key)

    monkeypatch.setattr("modules.orders.sagas.inventory", SimpleNamespace(reserve=reserve_twice))

    with pytest.raises(AssertionError, match=r"'orders > inventory\.reserve': 2"):
        test_an_order_takes_so_many_calls_between_modules(shop)


def test_what_is_kept_of_the_journeys_is_what_they_do(
    shop: Shop, settings: Settings, pytestconfig: pytest.Config
) -> None:
    """`pytest tests/journeys/test_observed.py --record` keeps it anew. `manage.py readiness` goes by it."""
    found = journeys(shop)
    if pytestconfig.getoption("--record"):
        keep(found, settings.TEARLINE_JOURNEYS)
    assert kept(settings.TEARLINE_JOURNEYS) == found


def journeys(shop: Shop) -> list[Journey]:
    """An order of two lines that ends well, and what is often done besides."""
    with observing() as placing:
        order = shop.order("MUG-BLUE", 2, also={"MUG-GOLD": 1})
    with observing() as fulfilling:
        shop.settle()
    with observing() as reading:
        shop.overview(order)
    another = shop.order("MUG-BLUE", 1)
    shop.settle()
    with observing() as giving_up:
        shop.cancel(another)
        shop.settle()
    return [
        placing.as_journey("an order is placed", waited_for=True, of_an_order=True),
        fulfilling.as_journey("an order is fulfilled", waited_for=False, of_an_order=True),
        reading.as_journey("all of an order is read", waited_for=True, of_an_order=False),
        giving_up.as_journey("an order is given up", waited_for=False, of_an_order=False),
    ]
