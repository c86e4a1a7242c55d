"""What was heard, in whatever order and however often, makes of an order the same."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from modules.orders import services
from modules.orders.contracts import CancelOrder, FulfillmentStatus, OrderId, PaymentStatus
from modules.orders.facade import orders
from modules.orders.finding import shown_as
from modules.orders.models import Order, OrderOverview
from modules.orders.overview import Heard, Told, fulfillment_status, parcels_status, payment_status, statuses
from modules.orders.projections import overviews
from modules.orders.tests.conftest import Place
from modules.orders.tests.peers import announce, carrier_is_asked, delivered, dispatched, kept
from modules.orders.tests.selling import carry, placed
from modules.payments.contracts import PaymentId
from modules.payments.events import PaymentCaptured, PaymentDisputed, PaymentRefunded
from modules.shipping.contracts import ShipmentId
from tearline.contracts import Money
from tearline.models import SagaRow
from tearline.projections import _checking, check, rebuild
from tearline.testing import settle
from tearline.work import drain

ORDER, PAYMENT = OrderId.new(), PaymentId.new()
ONE, OTHER = ShipmentId.new(), ShipmentId.new()


def captured(amount: int) -> PaymentCaptured:
    return PaymentCaptured(payment_id=PAYMENT, order_id=ORDER, amount=Money(amount=amount, currency="EUR"))


def refunded(amount: int) -> PaymentRefunded:
    return PaymentRefunded(payment_id=PAYMENT, order_id=ORDER, amount=Money(amount=amount, currency="EUR"))


def disputed(state: str) -> PaymentDisputed:
    told = {"payment_id": PAYMENT, "order_id": ORDER, "dispute": "dp_1", "reason": "fraudulent"}
    return PaymentDisputed.model_validate(told | {"state": state, "amount": Money(amount=100, currency="EUR")})


STORY: list[Told] = [
    captured(60), captured(40), refunded(10), refunded(10), disputed("open"), disputed("won"),
    dispatched(ORDER, ONE, MUG=2), delivered(ORDER, ONE, MUG=2), kept(ORDER, OTHER, PEN=1),
]  # fmt: skip


def heard(*events: Told) -> Heard:
    known = Heard()
    for event in events:
        known = known.after(event)
    return known


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY)))
def test_neither_order_nor_repetition_makes_a_difference(story: list[Told], again: list[Told]) -> None:
    known = heard(*story, *again)
    assert known == heard(*STORY) == Heard.model_validate(known.model_dump(mode="json"))
    assert (known.money, known.is_disputed, known.delivered) == ((100, 20), False, {"MUG": 2})


@pytest.mark.parametrize(
    ("total", "events", "status"),
    [
        (100, [], "unpaid"),
        (0, [], "paid"),
        (100, [captured(60)], "partially_paid"),
        (100, [captured(60), captured(40)], "paid"),
        (100, [captured(101)], "overpaid"),
        (100, [captured(100), refunded(1)], "partially_refunded"),
        (100, [captured(100), refunded(40), refunded(60)], "refunded"),
        (100, [captured(100), disputed("open")], "disputed"),
        (100, [captured(100), disputed("open"), disputed("lost")], "disputed"),
        (100, [captured(100), disputed("open"), disputed("won")], "paid"),
    ],
)
def test_the_payment_status_is_what_was_heard(total: int, events: list[Told], status: PaymentStatus) -> None:
    assert payment_status(total, heard(*events)) == status


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], "paid"),
        ([dispatched(ORDER, ONE, MUG=2)], "paid"),
        ([captured(100)], "paid"),
        ([captured(100), refunded(1)], "partially_refunded"),
        ([captured(100), disputed("open")], "disputed"),
        ([disputed("won")], "paid"),
    ],
)
def test_an_order_whose_money_was_taken_is_paid_until_more_is_heard(events: list[Told], status: PaymentStatus) -> None:
    assert statuses(100, {"MUG": 2}, heard(*events)).knowing(taken=True).payment == status


@pytest.mark.parametrize(
    ("returned", "events", "status"),
    [
        (0, [], "unfulfilled"),
        (0, [kept(ORDER, ONE, MUG=2, PEN=1)], "unfulfilled"),
        (0, [dispatched(ORDER, ONE, MUG=2)], "partial"),
        (0, [delivered(ORDER, ONE, MUG=2)], "partial"),
        (0, [dispatched(ORDER, ONE, MUG=2), delivered(ORDER, OTHER, PEN=1)], "fulfilled"),
        (0, [delivered(ORDER, ONE, MUG=2), delivered(ORDER, OTHER, PEN=1)], "delivered"),
        (2, [delivered(ORDER, ONE, MUG=2, PEN=1)], "partially_returned"),
        (3, [delivered(ORDER, ONE, MUG=2, PEN=1)], "returned"),
    ],
)
def test_the_fulfillment_status_is_what_was_heard(returned: int, events: list[Told], status: FulfillmentStatus) -> None:
    parcels = parcels_status({"MUG": 2, "PEN": 1}, heard(*events))
    assert fulfillment_status(3, returned, parcels) == status


def listed(**asked: list[Any]) -> list[str]:
    return [order.id for order in shown_as(Order.objects.all(), **asked)]


def test_who_is_told_that_it_is_confirmed_is_told_that_it_is_paid_and_payments_is_not_counted_twice(
    place: Place,
) -> None:
    order = place(MUG=2)
    while carry("sagas"):
        pass
    told = orders.find(order.id)
    assert (told.status, told.payment_status) == ("confirmed", "paid")
    assert not OrderOverview.objects.exists()
    assert (listed(payment=["paid"], fulfillment=["unfulfilled"]), listed(payment=["unpaid"])) == ([order.id], [])
    settle()
    assert orders.find(order.id) == told
    assert Order.objects.get().heard.money == (1998, 0)
    assert listed(payment=["paid"], fulfillment=["unfulfilled"]) == [order.id]
    OrderOverview._base_manager.update(payment_status="unpaid")
    assert [*overviews.differences([])] == [
        f"{order.id}: shown as unpaid, unfulfilled, and paid, unfulfilled by what was heard"
    ]


def test_what_is_paid_is_paid_also_if_that_is_heard_before_it_is_confirmed(place: Place) -> None:
    order = place(MUG=2)
    announce(captured(1998).model_copy(update={"order_id": order.id}), module="payments")
    drain(["payments"])
    while carry("inbox"):
        pass
    assert (orders.find(order.id).status, orders.find(order.id).payment_status) == ("pending", "paid")
    with transaction.atomic(using="orders"):
        Order.locked(order.id).confirm(taken=True)
    assert (orders.find(order.id).status, orders.find(order.id).payment_status) == ("confirmed", "paid")


def test_what_an_operator_had_skipped_is_paid_only_once_that_is_heard(place: Place) -> None:
    order = place(MUG=2)
    run = SagaRow.objects.using("orders").get()
    for step in ("reserve_stock", "authorize_payment", "capture_payment"):
        skipped = ("work", "skip", "orders", "sagas", str(run.pk), step, "--reason", "paid by bank transfer")
        call_command(*skipped, stdout=io.StringIO())
    while carry("sagas"):
        pass
    assert (orders.find(order.id).status, orders.find(order.id).payment_status) == ("confirmed", "unpaid")
    assert listed(payment=["unpaid"]) == [order.id]


def test_what_costs_nothing_is_paid_with_nothing_taken(place: Place) -> None:
    order = place(FLYER=1)
    settle()
    assert (orders.find(order.id).payment_status, Order.objects.get().taken_at) == ("paid", None)


def test_an_order_that_has_ended_is_paid_by_what_was_heard_if_it_was(place: Place) -> None:
    heard_of, unheard = place(MUG=1, to="SIM-FAST"), place(MUG=1, key="k2")
    settle()
    assert Order.objects.filter(taken_at__isnull=False).count() == 2
    carrier_is_asked()
    settle()
    OrderOverview._base_manager.filter(order=unheard.id).delete()
    orders.cancel(CancelOrder(order_id=unheard.id, reason="changed my mind"), key="c1")
    while carry("sagas"):
        pass
    ended = {order.id: (order.status, order.taken_at is None, order.statuses.payment) for order in Order.objects.all()}
    assert ended == {heard_of.id: ("completed", True, "paid"), unheard.id: ("cancelled", False, "paid")}


def test_an_order_shows_both_and_is_completed_once_all_of_it_has_arrived(place: Place) -> None:
    order = place(MUG=2, STICKER=1)
    assert (order.payment_status, order.fulfillment_status) == ("unpaid", "unfulfilled")
    settle()
    announce(delivered(order.id, ONE, MUG=2), dispatched(order.id, OTHER, STICKER=1))
    settle()
    found = orders.find(order.id)
    assert (found.status, found.payment_status, found.fulfillment_status) == ("confirmed", "paid", "fulfilled")
    version = found.version or 0

    last = delivered(order.id, OTHER, STICKER=1)
    announce(last)
    settle()
    announce(delivered(order.id, OTHER, STICKER=1))
    settle()
    found = orders.find(order.id)
    assert (found.status, found.fulfillment_status, found.version) == ("completed", "delivered", version + 1)
    assert [(entry.what, entry.who) for entry in orders.timeline(order.id)][-1] == ("completed", "shipping")


def test_a_parcel_that_really_arrives_completes_its_order(place: Place) -> None:
    order = place(MUG=2, to="SIM-FAST")
    settle()
    assert orders.find(order.id).status == "confirmed"
    carrier_is_asked()
    settle()
    assert (orders.find(order.id).status, orders.find(order.id).fulfillment_status) == ("completed", "delivered")


# As a read model


def test_the_overview_is_what_payments_and_shipping_say_and_can_be_made_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_checking, "PAUSES", (0.0,))
    order = place(MUG=2, to="SIM-FAST")
    settle()
    carrier_is_asked()
    settle()
    assert check(overviews) == []
    before = OrderOverview.objects.values().get()
    OrderOverview._base_manager.update(heard={})
    assert {told.partition(": ")[2] for told in check(overviews)} == {
        "shown as paid, delivered, and unpaid, unfulfilled by what was heard",
        "captured is 0, and 1998 by those who know",
        "dispatched is {}, and {'MUG': 2} by those who know",
        "delivered is {}, and {'MUG': 2} by those who know",
    }
    assert rebuild(overviews, who="ann") == 3
    assert check(overviews) == []
    assert OrderOverview.objects.values("heard", "payment_status", "parcels_status").get().items() <= before.items()
    assert orders.find(order.id).status == "completed"


def test_what_differs_only_while_an_event_is_on_its_way_is_no_difference(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_checking, "PAUSES", (0.0,))
    monkeypatch.setattr("tearline.projections._checking.sleep", lambda _seconds: settle())
    place(MUG=2)
    for kind in ("sagas", "tasks"):
        while carry(kind):
            pass
    assert not OrderOverview.objects.exists()
    assert list(overviews.differences([])) != []
    assert check(overviews) == []


@pytest.mark.django_db
def test_an_arrival_that_is_not_folded_yet_is_tried_again() -> None:
    """As when its two rows in the inbox are taken up apart."""
    order = placed(1)
    with transaction.atomic(using="orders"), pytest.raises(services.NotHeardYet):
        services.complete_if_arrived(order.id, with_parcel=ONE)
