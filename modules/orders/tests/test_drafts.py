"""Drafts are prepared, changed, placed and discarded; they and what nobody pays expire."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import override_settings
from pytest_django import Settings

from modules.inventory.facade import inventory
from modules.orders.contracts import (
    ChangeDraft,
    DiscardDraft,
    Discount,
    DiscountTooLarge,
    DraftIncomplete,
    DraftOrder,
    NotDraft,
    Order,
    PlaceDraft,
    StaleOrder,
    Totals,
    WantedLine,
)
from modules.orders.events import OrderCancelled, OrderExpired, OrderPlaced
from modules.orders.facade import orders
from modules.orders.tests.conftest import ADA, Place, offer
from modules.orders.tests.peers import announced
from tearline.contracts import Money
from tearline.models import TaskRow
from tearline.testing import settle
from tearline.work import drain

# As JSON, which says more than plain calls; the journeys go both ways.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)


def let_pass(time: timedelta) -> None:
    """As far as what was put off can tell."""
    TaskRow.objects.using("orders").update(due_at=F("due_at") - time)


def wanted(**pieces: int) -> list[WantedLine]:
    return [WantedLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items()]


def draft(*, card: str | None = None, discount: int = 0, key: str = "d1", **pieces: int) -> Order:
    off = Discount(amount=discount, reason="a regular customer") if discount else None
    request = DraftOrder(
        email="ada@example.com", ship_to=ADA, lines=wanted(**pieces), payment_method=card, discount=off
    )
    return orders.draft(request, key=key)


def told(order: Order) -> list[tuple[str, str]]:
    return [(entry.what, entry.why) for entry in orders.timeline(order.id)]


@pytest.mark.usefixtures("shop")
def test_a_draft_is_nobodys_business_until_it_is_placed_at_its_own_prices() -> None:
    order = draft(MUG=2)
    assert (order.status, order.version, order.total.amount, order.payment_method) == ("draft", 1, 1998, "")
    settle()
    assert not announced(OrderPlaced)
    offer("MUG", 1999)

    placed = orders.place_draft(PlaceDraft(order_id=order.id, payment_method="pm_card_ok"), key="p1")
    assert (placed.status, placed.version) == ("pending", 2)
    settle()
    found = orders.find(order.id)
    assert (found.status, found.payment_status, found.total.amount) == ("confirmed", "paid", 1998)
    assert [told.total.amount for told in announced(OrderPlaced)] == [1998]
    assert told(order)[:2] == [("drafted", ""), ("placed", "")]


@pytest.mark.usefixtures("shop")
def test_lines_address_and_discount_of_a_draft_are_changed_at_todays_prices(settings: Settings) -> None:
    settings.ORDERS_TAX_PERCENT = {"DE": Decimal(19), "*": Decimal(0)}
    settings.ORDERS_SHIPPING_CHARGES = {"EUR": 490}
    settings.ORDERS_PRICES_INCLUDE_TAX = False
    order = draft(MUG=2, discount=500)
    assert order.totals == totals(lines=1998, shipping=490, tax=0, discount=500, total=1988)
    offer("MUG", 1000)

    moved = orders.change_draft(
        ChangeDraft(order_id=order.id, ship_to=ADA.model_copy(update={"country": "DE"})), key="c1"
    )
    assert moved.totals == totals(lines=1998, shipping=490, tax=285 + 93, discount=500, total=2366)
    more = orders.change_draft(ChangeDraft(order_id=order.id, lines=wanted(MUG=1, STICKER=2)), key="c2")
    assert [(line.sku, line.due and line.due.amount) for line in more.lines] == [("MUG", 732), ("STICKER", 220)]
    none = orders.change_draft(
        ChangeDraft(order_id=order.id, discount=Discount(amount=0, reason="a mistake")), key="c3"
    )
    assert (none.totals, none.version) == (
        totals(lines=1300, shipping=490, tax=190 + 57 + 93, discount=0, total=2130),
        4,
    )
    assert told(order) == [
        ("drafted", ""),
        ("discount given", "a regular customer"),
        ("draft changed", "ship_to"),
        ("draft changed", "lines"),
        ("draft changed", "discount"),
        ("discount given", "a mistake"),
    ]


def totals(**amounts: int) -> Totals:
    return Totals.model_validate({name: Money(amount=amount, currency="EUR") for name, amount in amounts.items()})


@pytest.mark.usefixtures("shop")
def test_what_a_draft_lacks_or_cannot_be_is_refused() -> None:
    with pytest.raises(DiscountTooLarge):
        draft(MUG=1, discount=1000)
    order = draft(MUG=1, key="d2")
    with pytest.raises(DraftIncomplete, match="payment_method"):
        orders.place_draft(PlaceDraft(order_id=order.id), key="p1")
    with pytest.raises(StaleOrder):
        orders.place_draft(PlaceDraft(order_id=order.id, payment_method="pm_card_ok", expected_version=2), key="p2")
    orders.place_draft(PlaceDraft(order_id=order.id, payment_method="pm_card_ok", expected_version=1), key="p3")
    late: list[Callable[[], Order]] = [
        lambda: orders.place_draft(PlaceDraft(order_id=order.id), key="p4"),
        lambda: orders.change_draft(ChangeDraft(order_id=order.id, lines=wanted(MUG=2)), key="c1"),
        lambda: orders.discard_draft(DiscardDraft(order_id=order.id, reason="late"), key="x1"),
    ]
    for deed in late:
        with pytest.raises(NotDraft, match="is pending and no draft"):
            deed()


@pytest.mark.usefixtures("shop")
def test_a_draft_is_discarded_for_a_reason_and_nobody_is_told() -> None:
    order = draft(MUG=1)
    discarded = orders.discard_draft(DiscardDraft(order_id=order.id, reason="he hung up"), key="x1")
    assert (discarded.status, discarded.failure and discarded.failure.code) == ("cancelled", "orders.discarded")
    assert (told(order)[-1], announced(OrderCancelled)) == (("cancelled", "he hung up"), [])


@pytest.mark.usefixtures("shop")
def test_a_draft_that_nobody_touches_expires() -> None:
    order = draft(MUG=1)
    let_pass(timedelta(days=29))
    orders.change_draft(ChangeDraft(order_id=order.id, email="eve@example.com"), key="c1")
    let_pass(timedelta(days=1))
    settle()
    assert orders.find(order.id).status == "draft"
    let_pass(timedelta(days=29))
    settle()
    found = orders.find(order.id)
    assert (found.status, found.failure and found.failure.code) == ("expired", "orders.expired")
    assert not announced(OrderExpired)


def test_what_is_not_paid_in_time_expires_and_is_undone(place: Place, settings: Settings) -> None:
    settings.TEARLINE_RETRY = settings.TEARLINE_RETRY | {"tries": 1000}  # where all else is slow, a few are soon over
    settings.ORDERS_PAY_WITHIN_MINUTES = 30
    with override_settings(PAYMENT_PROVIDER="modules.orders.tests.peers.Down"):
        order = place(MUG=2)
        drain()
        drain()
        let_pass(timedelta(minutes=29))
        assert (orders.find(order.id).status, inventory.levels(["MUG"])[0].reserved) == ("pending", 2)
        let_pass(timedelta(minutes=1))
        drain()
    settle()
    found = orders.find(order.id)
    assert (found.status, found.payment_status) == ("expired", "unpaid")
    assert found.failure is not None
    assert found.failure.detail == "not paid within 30 minutes"
    assert [event.reason for event in announced(OrderExpired)] == [found.failure]
    assert (announced(OrderCancelled), inventory.levels(["MUG"])[0].reserved) == ([], 0)
    assert ("expired", "not paid within 30 minutes") in told(order)


def test_what_is_paid_in_time_stays(place: Place, settings: Settings) -> None:
    settings.ORDERS_PAY_WITHIN_MINUTES = 30
    order = place(MUG=1)
    settle()
    let_pass(timedelta(minutes=30))
    settle()
    assert orders.find(order.id).status == "confirmed"


def test_nothing_waits_to_expire_unless_a_shop_says_so(place: Place) -> None:
    place(MUG=1)
    assert not TaskRow.objects.using("orders").exists()
