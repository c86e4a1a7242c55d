"""Goods come back: at most what left us, for what was paid, and onto the shelf if they can be sold again."""

from decimal import Decimal
from functools import partial

import pytest
from django.test import override_settings
from pytest_django import Settings

from modules.inventory.facade import inventory
from modules.orders.contracts import (
    MoreThanReceived,
    MoreThanRequested,
    NothingReceived,
    NothingToReturn,
    NotReturnable,
    Order,
    OrderId,
    ReceivedLine,
    ReceiveReturn,
    RefundReturn,
    RejectReturn,
    RequestReturn,
    Return,
    ReturnedLine,
    ReturnId,
    ReturnNotFound,
    ReturnNotInState,
)
from modules.orders.events import ReturnRefunded, ReturnRequested
from modules.orders.facade import orders
from modules.orders.tests.at_once import at_once
from modules.orders.tests.conftest import Place
from modules.orders.tests.peers import announce, announced, delivered, dispatched
from modules.payments.facade import payments
from modules.shipping.contracts import ShipmentId
from tearline.contracts import Money
from tearline.testing import settle
from tearline.work import drain

# As JSON, which says more than plain calls; the journeys go both ways.
pytestmark = pytest.mark.parametrize("shop", ["wire"], indirect=True)


def arrived(place: Place, *, card: str = "pm_card_ok", key: str = "k1", **pieces: int) -> Order:
    order = place(card=card, key=key, **pieces)
    settle()
    announce(delivered(order.id, ShipmentId.new(), **pieces))
    settle()
    return orders.find(order.id)


def request(order: Order, key: str = "r1", **pieces: int) -> Return:
    wanted = [ReturnedLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items()]
    return orders.request_return(RequestReturn(order_id=order.id, lines=wanted, reason="too small"), key=key)


def receive(made: Return, *came: tuple[str, int, int], key: str = "v1") -> Return:
    """(SKU, came back, can be sold again), or all of it."""
    lines = [ReceivedLine(sku=sku, quantity=pieces, resellable=good) for sku, pieces, good in came]
    asked = ReceiveReturn(order_id=made.order_id, return_id=made.id, lines=lines or None)
    return orders.receive_return(asked, key=key)


def refund(made: Return, key: str = "f1") -> Return:
    return orders.refund_return(RefundReturn(order_id=made.order_id, return_id=made.id), key=key)


def given_back(order_id: OrderId) -> int:
    payment = payments.payment_of(order_id)
    return payment.refunded.amount if payment else 0


def on_hand(sku: str) -> int:
    return inventory.levels([sku])[0].on_hand


def test_goods_come_back_are_paid_for_and_put_on_the_shelf(place: Place) -> None:
    order, before = arrived(place, MUG=3, STICKER=2), on_hand("MUG")
    made = request(order, MUG=2, STICKER=1)
    assert (made.state, made.amount.amount) == ("requested", 0)
    assert [(told.return_id, len(told.lines)) for told in announced(ReturnRequested)] == [(made.id, 2)]

    came = receive(made, ("MUG", 2, 1))
    assert (came.state, came.amount) == ("received", Money(amount=1998, currency="EUR"))
    settle()
    assert (on_hand("MUG"), on_hand("STICKER")) == (before + 1, 10)
    assert orders.find(order.id).fulfillment_status == "partially_returned"

    assert refund(came).state == "refunding"
    settle()
    assert [each.state for each in orders.returns_of(order.id)] == ["refunded"]
    assert given_back(order.id) == 1998
    assert [(told.return_id, told.amount.amount) for told in announced(ReturnRefunded)] == [(made.id, 1998)]
    found = orders.find(order.id)
    assert (found.status, found.payment_status) == ("completed", "partially_refunded")
    assert [(entry.what, entry.who) for entry in orders.timeline(order.id)][6:] == [
        ("return requested", "outside"),
        ("return received", "outside"),
        ("goods put back on the shelf", "return"),
        ("refund asked for", "outside"),
        ("give share back done", "return"),
        ("refunded", "return"),
    ]

    receive(request(order, "r2", MUG=1, STICKER=2), key="v2")
    assert orders.find(order.id).fulfillment_status == "returned"


def test_what_is_paid_for_piece_by_piece_is_what_was_paid(place: Place, settings: Settings) -> None:
    settings.ORDERS_TAX_PERCENT, settings.ORDERS_PRICES_INCLUDE_TAX = {"GB": Decimal(7)}, False
    settings.ORDERS_SHIPPING_CHARGES = {"EUR": 490}
    order = arrived(place, STICKER=3)  # 450 and 31.5 tax
    amounts = []
    for number in range(3):
        came = receive(request(order, f"r{number}", STICKER=1), key=f"v{number}")
        refund(came, f"f{number}")
        settle()
        amounts.append(came.amount.amount)
    assert amounts == [161, 160, 161]
    assert (given_back(order.id), orders.find(order.id).total.amount) == (482, 482 + 490 + 34)


def test_no_more_comes_back_than_has_left_and_is_not_coming_back_yet(place: Place) -> None:
    order = place(MUG=3)
    settle()
    with pytest.raises(NothingToReturn):
        request(order, MUG=1)
    announce(dispatched(order.id, ShipmentId.new(), MUG=2))
    settle()
    with pytest.raises(NotReturnable, match="Of MUG, 3 are to be returned and 2 can be"):
        request(order, "r2", MUG=3)
    with pytest.raises(NotReturnable):
        request(order, "r3", MUG=1, STICKER=1)
    made = request(order, "r4", MUG=2)
    with pytest.raises(NothingToReturn):
        request(order, "r5", MUG=1)
    receive(made, ("MUG", 1, 0))
    assert request(order, "r6", MUG=1).state == "requested"


def test_of_many_who_want_to_return_at_once_no_more_succeed_than_there_are_pieces(place: Place) -> None:
    order = arrived(place, MUG=3)
    answers = at_once([partial(request, order, f"r{number}", MUG=1) for number in range(8)])
    assert sum(isinstance(answer, Return) for answer in answers) == 3
    assert {type(answer) for answer in answers} == {Return, NothingToReturn}


def test_however_many_refund_a_return_at_once_it_is_refunded_once(place: Place) -> None:
    order = arrived(place, MUG=3)
    came = receive(request(order, MUG=1))
    answers = at_once([partial(refund, came, f"f{number}") for number in range(6)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Return", *["ReturnNotInState"] * 5]
    settle()
    assert given_back(order.id) == 999
    with pytest.raises(ReturnNotInState, match="is refunded"):
        refund(came, "late")


def test_a_refund_that_is_declined_can_be_asked_for_again(place: Place) -> None:
    order = arrived(place, card="pm_card_no_refund", MUG=1)
    came = receive(request(order, MUG=1))
    refund(came)
    settle()
    (made,) = orders.returns_of(order.id)
    assert (made.state, made.failure and made.failure.code) == ("received", "payments.refund_failed")
    assert not announced(ReturnRefunded)
    assert refund(made, "f2").state == "refunding"


def test_a_refund_without_an_answer_goes_on_until_there_is_one(place: Place, settings: Settings) -> None:
    settings.TEARLINE_RETRY = settings.TEARLINE_RETRY | {"tries": 1000}  # where all else is slow, a few are soon over
    order = arrived(place, MUG=1)
    came = receive(request(order, MUG=1))
    with override_settings(PAYMENT_PROVIDER="modules.orders.tests.peers.Down"):
        refund(came)
        drain()
        assert orders.returns_of(order.id)[0].state == "refunding"
    settle()
    assert (orders.returns_of(order.id)[0].state, given_back(order.id)) == ("refunded", 999)


def test_a_return_is_rejected_for_a_reason_and_may_be_asked_for_again(place: Place) -> None:
    order = arrived(place, MUG=1)
    made = request(order, MUG=1)
    rejected = orders.reject_return(
        RejectReturn(order_id=order.id, return_id=made.id, reason="after 90 days"), key="x1"
    )
    assert (rejected.state, rejected.failure and rejected.failure.detail) == ("rejected", "after 90 days")
    with pytest.raises(ReturnNotInState, match="is rejected"):
        receive(made)
    assert request(order, "r2", MUG=1).state == "requested"


def test_what_did_not_come_back_is_not_taken_back(place: Place) -> None:
    order = arrived(place, MUG=2)
    made = request(order, MUG=2)
    for refusal, came in (
        (MoreThanRequested, ("MUG", 3, 0)),
        (MoreThanRequested, ("STICKER", 1, 0)),
        (MoreThanReceived, ("MUG", 1, 2)),
        (NothingReceived, ("MUG", 0, 0)),
    ):
        with pytest.raises(refusal):
            receive(made, came, key=f"{came}")
    with pytest.raises(ReturnNotFound):
        receive(made.model_copy(update={"id": ReturnId.new()}), key="v9")
