"""Why an order is in its state, what it waits for, and what can be done; and if not, why not."""

import io

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django import Settings

from modules.orders import services
from modules.orders.contracts import CancelOrder, DraftOrder, Explanation, RequestReturn, ReturnedLine
from modules.orders.explaining import explain
from modules.orders.facade import orders
from modules.orders.tests.conftest import ADA, Place
from modules.orders.tests.peers import announce, delivered
from modules.shipping.contracts import ShipmentId
from tearline.models import SagaRow
from tearline.testing import settle
from tearline.work import drain

# As JSON, which says more than plain calls; the journeys go both ways.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)


def actions(told: Explanation) -> dict[str, str]:
    """By name: why it is refused, by its code; empty, if it is not."""
    return {action.name: action.refused.code if action.refused else "" for action in told.actions}


def test_a_draft_waits_for_whoever_places_it(shop: None) -> None:
    lines = [{"sku": "MUG", "quantity": 1}]
    request = DraftOrder.model_validate({"email": "ada@example.com", "ship_to": ADA, "lines": lines})
    order = orders.draft(request, key="d1")
    told = orders.explain(order.id)
    assert (told.status, told.version, [each.what for each in told.waits_for]) == ("draft", 1, ["somebody to place it"])
    assert actions(told) == {"change": "", "place": "", "discard": ""}
    assert actions(explain(services.found(order.id), customer="cus_ada")) == {}
    assert [(action.method, action.path, action.scope) for action in told.actions][:2] == [
        ("PATCH", f"/api/v1/orders/{order.id}", "orders:write"),
        ("POST", f"/api/v1/orders/{order.id}/place", "orders:write"),
    ]


def test_a_pending_order_waits_for_a_step_that_was_tried_so_often_in_vain(place: Place, settings: Settings) -> None:
    settings.TEARLINE_RETRY = settings.TEARLINE_RETRY | {"tries": 1000}  # where all else is slow, a few are soon over
    order = place(MUG=1)
    with override_settings(PAYMENT_PROVIDER="modules.orders.tests.peers.Down"):
        drain()
        told = orders.explain(order.id)
    (work,) = told.waits_for
    assert (work.what, work.saga, work.step) == (
        "orders.fulfil: authorize payment", "orders.fulfil", "authorize payment",
    )  # fmt: skip
    assert work.attempts >= 1
    assert "the provider does not answer" in work.last_error
    assert (work.needs_operator, work.again_at is not None) == (False, True)
    assert told.since == orders.timeline(order.id)[0].at
    assert actions(told) == {"cancel": "", "request_return": "orders.nothing_to_return"}


def test_a_confirmed_order_waits_for_its_parcels_and_can_be_cancelled_until_they_leave(place: Place) -> None:
    order = place(MUG=2)
    settle()
    told = orders.explain(order.id)
    assert ([each.what for each in told.waits_for], actions(told)["cancel"]) == (["its parcels to leave"], "")

    orders.cancel(CancelOrder(order_id=order.id, reason="changed my mind"), key="c1")
    (work, parcels) = orders.explain(order.id).waits_for
    assert (work.saga, work.step, parcels.what) == ("orders.give_up", "ask", "its parcels to leave")
    settle()
    told = orders.explain(order.id)
    assert (told.why, told.waits_for) == ("changed my mind", [])
    assert actions(told) == {"cancel": "orders.cannot_cancel", "request_return": "orders.nothing_to_return"}


def test_a_return_waits_for_goods_and_then_for_money(place: Place) -> None:
    order = place(MUG=2)
    settle()
    announce(delivered(order.id, ShipmentId.new(), MUG=2))
    settle()
    lines = [ReturnedLine(sku="MUG", quantity=1)]
    made = orders.request_return(RequestReturn(order_id=order.id, lines=lines, reason="too small"), key="r1")
    told = orders.explain(order.id)
    assert [each.what for each in told.waits_for] == [f"the goods of {made.id} to come back"]
    assert actions(told) == {
        "cancel": "orders.cannot_cancel",
        "request_return": "",
        "receive_return": "",
        "reject_return": "",
        "refund_return": "orders.return_not_in_state",
    }
    assert told.actions[-1].path == f"/api/v1/orders/{order.id}/returns/{made.id}/refund"


def test_customers_are_told_neither_our_errors_nor_who_stepped_in(place: Place) -> None:
    order = place(MUG=1)
    with override_settings(PAYMENT_PROVIDER="modules.orders.tests.peers.Down"):
        drain()
    told = [explain(services.found(order.id), customer=who).waits_for[0].last_error for who in (None, "cus_ada")]
    assert [bool(error) for error in told] == [True, False]
    run = SagaRow.objects.using("orders").get(subject_id=order.id)
    why = ("--reason", "set aside by hand", "--as", "ann")
    call_command("work", "skip", "orders", "sagas", str(run.pk), "authorize_payment", *why, stdout=io.StringIO())
    row = services.found(order.id)
    assert ("authorize payment skipped", "ann") in {(entry.what, entry.who) for entry in services.timeline(row)}
    assert [entry.who for entry in services.timeline(row, customer="cus_ada")] == ["outside", "fulfillment"]
