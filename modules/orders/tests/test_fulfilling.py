import io

import pytest
from django.core.management import call_command

from modules.inventory.facade import inventory
from modules.orders.contracts import CancelOrder, Failure, OrderId, OrderNotFound
from modules.orders.facade import orders
from modules.orders.models import Order
from modules.orders.sagas import fulfil
from modules.orders.tests.conftest import Place
from modules.payments.facade import payments
from tearline.models import OutboxRow, SagaRow
from tearline.testing import settle


def state_of(order_id: OrderId) -> str | None:
    return fulfil.state_of(Order.objects.get(pk=order_id))


def announced() -> list[str]:
    return list(OutboxRow.objects.using("orders").order_by("id").values_list("topic", flat=True))


def reserved(sku: str) -> int:
    return inventory.levels([sku])[0].reserved


def test_an_order_is_confirmed_once_stock_is_set_aside_and_money_taken(place: Place) -> None:
    order = place(MUG=2)
    settle()
    assert orders.find(order.id).status == "confirmed"
    assert state_of(order.id) == "completed"
    assert reserved("MUG") == 2
    payment = payments.payment_of(order.id)
    assert payment is not None
    assert payment.captured == order.total
    assert announced() == ["orders.order_placed.v1", "orders.order_confirmed.v1"]


def test_the_timeline_tells_each_step_in_order(place: Place) -> None:
    order = place(MUG=1)
    settle()
    told = [entry.what for entry in orders.timeline(order.id)]
    assert told == [
        "placed",
        "reserve stock done",
        "authorize payment done",
        "capture payment done",
        "confirmed",
    ]


def test_the_timeline_tells_which_operator_stepped_in_and_why(place: Place) -> None:
    order = place(MUG=1)
    run = SagaRow.objects.using("orders").get(subject_id=order.id)
    why = ("--reason", "set aside by hand", "--as", "ann")
    call_command("work", "skip", "orders", "sagas", str(run.pk), "reserve_stock", *why, stdout=io.StringIO())
    settle()
    told = [(entry.what, entry.who, entry.why) for entry in orders.timeline(order.id)]
    assert told[1:3] == [
        ("reserve stock skipped", "ann", "set aside by hand"),
        ("authorize payment done", "fulfillment", ""),
    ]
    assert orders.find(order.id).status == "confirmed"


def test_a_declined_card_cancels_with_the_reason_and_gives_the_stock_back(place: Place) -> None:
    order = place(MUG=2, card="pm_card_declined")
    settle()
    found = orders.find(order.id)
    assert found.status == "cancelled"
    assert found.failure is not None
    assert found.failure.code == "payments.payment_declined"
    assert reserved("MUG") == 0
    assert state_of(order.id) == "undone"
    assert announced() == ["orders.order_placed.v1", "orders.order_cancelled.v1"]
    assert [entry.what for entry in orders.timeline(order.id)] == [
        "placed",
        "reserve stock done",
        "authorize payment refused",
        "release stock done",
        "cancelled",
    ]


def test_a_card_that_holds_and_does_not_pay_cancels_with_the_reason(place: Place) -> None:
    order = place(MUG=2, card="pm_card_no_capture")
    settle()
    found, payment = orders.find(order.id), payments.payment_of(order.id)
    assert (found.status, found.failure) == (
        "cancelled",
        Failure(code="payments.payment_declined", detail=f"The payment for {order.id} was declined: capture_failed."),
    )
    assert (found.payment_status, reserved("MUG"), payment and payment.failure) == ("unpaid", 0, "capture_failed")


def test_more_than_there_is_cancels_without_asking_for_money(place: Place) -> None:
    order = place(MUG=11)
    settle()
    assert orders.find(order.id).status == "cancelled"
    assert payments.payment_of(order.id) is None


def test_what_costs_nothing_asks_for_no_money(place: Place) -> None:
    order = place(FLYER=3)
    settle()
    assert orders.find(order.id).status == "confirmed"
    assert payments.payment_of(order.id) is None


def test_a_pending_order_can_be_cancelled_and_is_undone(place: Place) -> None:
    order = place(MUG=1)
    asked = CancelOrder(order_id=order.id, reason="changed my mind")
    assert orders.cancel(asked, key="c1").status == "pending"
    settle()
    found = orders.find(order.id)
    assert found.status == "cancelled"
    assert found.failure is not None
    assert found.failure.detail == "changed my mind"
    assert reserved("MUG") == 0
    assert orders.cancel(asked, key="c2").status == "cancelled"


def test_an_unknown_order_cannot_be_cancelled(shop: None) -> None:
    with pytest.raises(OrderNotFound):
        orders.cancel(CancelOrder(order_id=OrderId.new(), reason="who?"), key="c2")
