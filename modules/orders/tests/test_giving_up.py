"""A confirmed order is given up: nothing leaves, the goods are back on the shelf, the money is given back, once."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import override_settings
from pytest_django import Settings

from modules.inventory.facade import inventory
from modules.orders.contracts import CancelOrder, CannotCancel, Order, OrderId, StaleOrder
from modules.orders.events import OrderCancelled
from modules.orders.facade import orders
from modules.orders.models import Cancellation
from modules.orders.sagas import CARRIER_ANSWERS_WITHIN, give_up
from modules.orders.tests.at_once import at_once
from modules.orders.tests.conftest import Place
from modules.orders.tests.peers import announce, announced, carrier_is_asked, delivered, dispatched
from modules.payments.events import PaymentRefunded
from modules.payments.facade import payments
from modules.shipping.contracts import ShipmentId
from modules.shipping.facade import shipping
from tearline.contracts import Refusal, Unavailable
from tearline.models import InboxRow, SagaRow, SagaStepRow
from tearline.testing import settle
from tearline.work import Worker, drain

# As JSON, which says more than plain calls; the journeys go both ways.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)


BUT_INVENTORY = ["catalog", "orders", "payments", "shipping", "notifications"]


def cancel(order: Order, key: str = "c1", *, version: int | None = None, reason: str = "changed my mind") -> Order:
    return orders.cancel(CancelOrder(order_id=order.id, reason=reason, expected_version=version), key=key)


def refunds(order: Order) -> list[int]:
    """Each time that money was given back: how much."""
    return [told.amount.amount for told in announced(PaymentRefunded) if told.order_id == order.id]


def reserved(sku: str) -> int:
    return inventory.levels([sku])[0].reserved


def states_of_parcels(order_id: OrderId) -> list[str]:
    return [parcel.state for parcel in shipping.shipments_of(order_id)]


def all_is_undone(order: Order) -> bool:
    payment = payments.payment_of(order.id)
    assert payment is not None
    assert payment.refunded == payment.captured == order.total
    assert (refunds(order), reserved("MUG"), set(states_of_parcels(order.id))) == ([1998], 0, {"cancelled"})
    return True


def test_a_paid_order_is_given_up_with_a_reason_and_all_is_undone(place: Place) -> None:
    order = place(MUG=2)
    settle()
    asked = cancel(order)
    assert (asked.status, asked.version) == ("confirmed", 3)
    settle()

    found = orders.find(order.id)
    assert (found.status, found.payment_status, found.fulfillment_status) == ("cancelled", "refunded", "unfulfilled")
    assert found.failure is not None
    assert (found.failure.code, found.failure.detail) == ("orders.cancelled_on_request", "changed my mind")
    assert all_is_undone(order)
    assert [told.reason for told in announced(OrderCancelled)] == [found.failure]
    assert [(entry.what, entry.who, entry.why) for entry in orders.timeline(order.id)][5:] == [
        ("cancellation asked for", "outside", "changed my mind"),
        ("stop shipping done", "cancellation", ""),
        ("cancelled", "outside", "changed my mind"),
        ("withdraw stock done", "cancellation", ""),
        ("refund order done", "cancellation", ""),
    ]
    assert cancel(order, "again").status == "cancelled"


def test_what_costs_nothing_is_given_up_without_a_refund(place: Place) -> None:
    order = place(FLYER=1)
    settle()
    cancel(order)
    settle()
    assert (orders.find(order.id).status, reserved("FLYER")) == ("cancelled", 0)


def test_what_is_known_to_have_left_is_not_given_up(place: Place) -> None:
    order = place(MUG=2)
    settle()
    announce(dispatched(order.id, ShipmentId.new(), MUG=1))
    settle()
    with pytest.raises(CannotCancel, match="is on its way"):
        cancel(order)
    assert not Cancellation.objects.exists()


def test_a_completed_order_is_not_given_up(place: Place) -> None:
    order = place(MUG=1)
    settle()
    announce(delivered(order.id, ShipmentId.new(), MUG=1))
    settle()
    with pytest.raises(CannotCancel, match="is completed"):
        cancel(order)


def test_a_parcel_that_proves_to_have_left_turns_the_cancellation_back(place: Place) -> None:
    order = place(MUG=2, to="SIM-FAST")
    settle()
    carrier_is_asked()
    assert cancel(order).status == "confirmed"
    settle()

    assert (orders.find(order.id).status, refunds(order)) == ("completed", [])
    assert Cancellation.objects.get().state == "refused"
    told = {entry.what: entry.why for entry in orders.timeline(order.id)}
    assert told["stop shipping refused"] == told["cancellation refused"]
    assert "has left already" in told["cancellation refused"]
    assert not announced(OrderCancelled)


def test_a_label_that_the_carrier_says_was_used_turns_the_cancellation_back(place: Place) -> None:
    order = place(MUG=2, to="SIM-USED")
    settle()
    assert cancel(order).status == "confirmed"
    settle()

    found = orders.find(order.id)
    assert (found.status, found.payment_status, found.fulfillment_status) == ("confirmed", "paid", "fulfilled")
    assert (Cancellation.objects.get().state, refunds(order), announced(OrderCancelled)) == ("refused", [], [])
    told = [(entry.what, entry.who) for entry in orders.timeline(order.id)][5:]
    assert told == [
        ("cancellation asked for", "outside"),
        ("stop shipping refused", "cancellation"),
        ("cancellation refused", "cancellation"),
    ]
    with pytest.raises(CannotCancel, match="is on its way"):
        cancel(order, "c2")


@pytest.mark.parametrize("to", ["SW1Y 4JH", "SIM-USED"])
def test_nothing_is_given_back_until_the_carrier_has_said_whether_it_has_the_parcel(
    place: Place, settings: Settings, to: str
) -> None:
    settings.TEARLINE_RETRY = {"first": 0.005, "cap": 0.05}
    order = place(MUG=2, to=to)
    settle()
    with override_settings(SHIPPING_CARRIER="modules.orders.tests.peers.AwayCarrier"):
        cancel(order)
        for _ in range(5):
            drain()
            SagaStepRow.objects.using("orders").update(started_at=F("started_at") - timedelta(minutes=10))
            SagaRow.objects.using("orders").filter(finished_at=None).update(due_at=Now())
        assert (orders.find(order.id).status, reserved("MUG"), refunds(order)) == ("confirmed", 2, [])
        waits_for = [waiting.what for waiting in orders.explain(order.id).waits_for]
        assert waits_for == ["orders.give_up: stop shipping", "its parcels to leave"]
        assert states_of_parcels(order.id) == ["cancelled"]
        assert cancel(order, "c2").status == "confirmed"

    settle()
    assert orders.find(order.id).status == ("confirmed" if to == "SIM-USED" else "cancelled")
    assert to == "SIM-USED" or all_is_undone(order)
    assert Cancellation.objects.count() == 1


def test_a_carrier_that_never_says_so_leaves_the_order_as_it_was(place: Place, settings: Settings) -> None:
    settings.TEARLINE_RETRY = {"first": 0.005, "cap": 0.05}
    order = place(MUG=2)
    settle()
    with override_settings(SHIPPING_CARRIER="modules.orders.tests.peers.AwayCarrier"):
        cancel(order)
        drain()
        SagaStepRow.objects.using("orders").update(started_at=F("started_at") - CARRIER_ANSWERS_WITHIN)
        SagaRow.objects.using("orders").filter(finished_at=None).update(due_at=Now())
        drain()
    assert Cancellation.objects.get().state == "refused"
    assert "got no answer in time" in orders.timeline(order.id)[-1].why

    settle()
    assert (orders.find(order.id).status, refunds(order)) == ("confirmed", [])
    assert (reserved("MUG"), states_of_parcels(order.id)) == (2, ["cancelled", "ready"])


def test_a_cancellation_without_an_answer_has_the_order_packed_anew_and_may_be_asked_for_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = place(MUG=2)
    settle()
    (stop,) = [step for step in give_up.steps if step.name == "stop_shipping"]
    stop_it = stop.act

    def stopped_and_lost(cancellation: Cancellation) -> None:
        stop_it(cancellation)
        raise Unavailable("the answer was lost")

    with monkeypatch.context() as lost:
        lost.setattr(stop, "deadline", stop.deadline * 0)
        lost.setattr(stop, "act", stopped_and_lost)
        cancel(order)
        settle()
    assert (orders.find(order.id).status, states_of_parcels(order.id)) == ("confirmed", ["cancelled", "ready"])

    cancel(order, "c2")
    settle()
    assert orders.find(order.id).status == "cancelled"
    assert all_is_undone(order)


def test_stock_is_not_withdrawn_before_inventory_knows_that_it_was_committed(place: Place, settings: Settings) -> None:
    """Else it would be told to commit what is not there any more."""
    settings.TEARLINE_RETRY = {"first": 0.005, "cap": 0.05, "tries": 2}  # that it waits is no try
    order = place(MUG=2)
    drain(BUT_INVENTORY)
    assert cancel(order).status == "confirmed"
    for _ in range(10):
        drain(BUT_INVENTORY)
        SagaRow.objects.using("orders").filter(finished_at=None, parked_at=None).update(due_at=Now())
    assert (orders.find(order.id).status, reserved("MUG"), refunds(order)) == ("cancelled", 2, [])

    settle()
    assert all_is_undone(order)
    assert not InboxRow.objects.using("inventory").exclude(parked_at=None).exists()


@pytest.mark.parametrize("when", ["pending", "confirmed"])
def test_however_many_cancel_at_once_there_is_one_refund(place: Place, when: str) -> None:
    order = place(MUG=2)
    if when == "confirmed":
        settle()
    answers = at_once([partial(cancel, order, f"c{number % 3}") for number in range(6)])
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    settle()
    assert orders.find(order.id).status == "cancelled"
    assert len(refunds(order)) == (when == "confirmed")
    assert (reserved("MUG"), len(announced(OrderCancelled))) == (0, 1)
    assert Cancellation.objects.count() == (when == "confirmed")


def test_cancelling_while_it_is_fulfilled_ends_in_one_outcome(place: Place) -> None:
    """Before the pivot or after it, by chance: nothing is kept, and nothing is given back twice."""
    placed = [place(MUG=1, key=f"k{number}") for number in range(6)]
    worker = Worker(threads=2)
    worker.start()
    try:
        at_once([partial(cancel, order, f"c{order.id}") for order in placed])
    finally:
        assert worker.stop()
    settle()
    assert {orders.find(order.id).status for order in placed} == {"cancelled"}
    paid = [payments.payment_of(order.id) for order in placed]
    assert not [each for each in paid if each and each.captured != each.refunded]
    assert all(len(refunds(order)) <= 1 for order in placed)
    assert (reserved("MUG"), len(announced(OrderCancelled))) == (0, 6)
    assert not SagaRow.objects.using("orders").exclude(state__in=("completed", "undone")).exists()


def test_who_saw_another_version_is_told_which_one_there_is(place: Place) -> None:
    order = place(MUG=1)
    with pytest.raises(StaleOrder) as early:
        cancel(order, "c0", version=7)
    assert (early.value.expected, early.value.version) == (7, 1)
    settle()
    with pytest.raises(StaleOrder, match="at version 2 and not 1"):
        cancel(order, "c1", version=1)
    assert cancel(order, "c2", version=2).version == 3
    settle()
    assert orders.find(order.id).status == "cancelled"
