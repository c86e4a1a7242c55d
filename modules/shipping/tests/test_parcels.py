"""What people who pack parcels do, and that no piece gets lost or is sent twice over it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from modules.orders.contracts import Order
from modules.shipping import services
from modules.shipping.adapters import Label, Parcel, Scan
from modules.shipping.adapters.simulated import USED, SimulatedCarrier
from modules.shipping.contracts import (
    AlreadyLabelled,
    AlreadyLeft,
    CancelShipment,
    ChooseService,
    DoesNotAddUp,
    HoldShipment,
    NotInThisState,
    NotThatManyLeft,
    NotThatManySent,
    OpenReturn,
    PackShipment,
    Shipment,
    ShipmentId,
    ShipmentLine,
    ShipmentNotFound,
    SplitShipment,
    StopShipping,
)
from modules.shipping.events import ReturnArrived, ShipmentCancelled, ShipmentDispatched, ShipmentPrepared
from modules.shipping.facade import shipping
from modules.shipping.models import ConsignmentLine
from modules.shipping.models import Shipment as ShipmentRow
from modules.shipping.tests.peers import KnownOrders, announced, confirmation_of, going_to, hear
from modules.shipping.tests.test_stopping import at_once
from modules.shipping.tests.test_tracking import tell
from tearline.contracts import Refusal, Unavailable
from tearline.testing import settle

ONE_MUG = ShipmentLine(sku="MUG-BLUE", quantity=1)
TWO_MUGS = ShipmentLine(sku="MUG-BLUE", quantity=2)


@pytest.fixture(params=["direct", "wire"], autouse=True)
def binding(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.TEARLINE_FACADES = request.param


@pytest.fixture
def shipment(order: Order) -> Shipment:
    """It is ready."""
    hear(confirmation_of(order))
    settle()
    return of(order)[0]


def of(order: Order) -> list[Shipment]:
    return shipping.shipments_of(order.id)


def states(order: Order) -> list[str]:
    return [shipment.state for shipment in of(order)]


def pieces(order: Order) -> tuple[int, int, int]:
    """Packed, sent, coming back."""
    line = ConsignmentLine.objects.get(consignment_id=order.id)
    return line.packed, line.sent, line.coming_back


def key() -> str:
    return ShipmentId.new()


def hold(shipment: Shipment) -> Shipment:
    return shipping.hold(HoldShipment(shipment_id=shipment.id, reason="strange address"), key=key())


def cancel(shipment: Shipment, under: str = "") -> Shipment:
    return shipping.cancel(CancelShipment(shipment_id=shipment.id, reason="damaged"), key=under or key())


def split(shipment: Shipment, *parcels: ShipmentLine, under: str = "") -> list[Shipment]:
    request = SplitShipment(shipment_id=shipment.id, parcels=[[line] for line in parcels])
    return shipping.split(request, key=under or key())


def pack(order: Order, line: ShipmentLine, service: str | None = None) -> Shipment:
    return shipping.pack(PackShipment(order_id=order.id, lines=[line], service=service), key=key())


def ask_back(order: Order, line: ShipmentLine) -> Shipment:
    return shipping.open_return(OpenReturn(order_id=order.id, lines=[line]), key=key())


def arrives(shipment: Shipment) -> str:
    scan = Scan(id="1", status="delivered", at=datetime(2026, 11, 24, tzinfo=UTC), detail="")
    return tell(ShipmentRow.objects.get(id=shipment.id), scan)


def test_what_is_on_hold_gets_no_label_until_it_is_released(order: Order, carrier: SimulatedCarrier) -> None:
    hear(confirmation_of(order))
    held = hold(of(order)[0])
    settle()
    assert (held.state, held.held_for, held.id in carrier.labels()) == ("on_hold", "strange address", False)

    assert shipping.release(held.id, key=key()).state == "pending"
    settle()
    assert (states(order), of(order)[0].held_for) == (["ready"], None)


def test_a_label_of_which_nobody_knows_is_given_back_when_what_was_on_hold_is_cancelled(
    order: Order, carrier: SimulatedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiesAtTheCounter(SimulatedCarrier):
        def buy_label(self, parcel: Parcel) -> Label:
            super().buy_label(parcel)
            hold(of(order)[0])
            raise RuntimeError("the process dies here")

    monkeypatch.setattr(services, "carrier", DiesAtTheCounter)
    hear(confirmation_of(order))
    settle()
    cancel(of(order)[0])
    settle()

    assert of(order)[0].id in carrier.voided()


def test_what_has_a_label_keeps_it_while_it_is_on_hold(order: Order, shipment: Shipment) -> None:
    assert hold(shipment).tracking_number == shipment.tracking_number
    with pytest.raises(NotInThisState):
        hold(shipment)

    released = shipping.release(shipment.id, key=key())
    assert released == shipment.model_copy(update={"version": released.version})
    settle()
    assert len(announced(ShipmentPrepared)) == 1
    with pytest.raises(NotInThisState):
        shipping.release(shipment.id, key=key())


def test_a_service_is_chosen_before_the_label_is_bought(order: Order) -> None:
    hear(confirmation_of(order))
    held = hold(of(order)[0])
    express = ChooseService(shipment_id=held.id, service="express")
    assert shipping.choose(express, key=key()).service == "express"
    shipping.release(held.id, key=key())
    settle()

    assert (states(order), of(order)[0].service) == (["ready"], "express")
    with pytest.raises(AlreadyLabelled):
        shipping.choose(express, key=key())


def test_a_label_says_which_service_was_the_cheapest(shipment: Shipment) -> None:
    assert shipment.service == "economy"


def test_a_cancelled_parcel_gives_its_label_back_and_its_pieces_can_be_packed_anew(
    order: Order, shipment: Shipment, carrier: SimulatedCarrier
) -> None:
    with pytest.raises(NotThatManyLeft):
        pack(order, ONE_MUG)
    cancelled = cancel(shipment)
    assert (cancelled.state, cancelled.cancelled_for) == ("cancelled", "damaged")
    assert cancelled.id in carrier.voided()
    assert pieces(order) == (0, 0, 0)
    settle()
    assert states(order) == ["cancelled"]  # nobody packs it unasked

    pack(order, ONE_MUG, "express")
    settle()
    assert [(parcel.state, parcel.service) for parcel in of(order)[1:]] == [("ready", "express")]
    assert cancel(shipment) == cancelled
    assert len(announced(ShipmentCancelled)) == 1


@pytest.mark.parametrize("parts", [(), (ONE_MUG, ONE_MUG)], ids=["cancel", "split"])
def test_a_parcel_that_is_with_the_carrier_is_neither_cancelled_nor_split(
    order: Order, orders: KnownOrders, parts: tuple[ShipmentLine, ...]
) -> None:
    orders.learn(going_to(order, USED))
    hear(confirmation_of(order))
    settle()
    [used] = of(order)

    for _ in range(2):
        with pytest.raises(AlreadyLeft):
            split(used, *parts, under="k") if parts else cancel(used, under="k")
        assert states(order) == ["in_transit"]
    settle()
    assert (len(announced(ShipmentDispatched)), announced(ShipmentCancelled)) == (1, [])
    assert pieces(order) == (2, 2, 0)


@pytest.mark.parametrize(
    "trouble", [Unavailable("no answer"), RuntimeError("the process dies here")], ids=["no", "dead"]
)
def test_what_was_to_be_split_is_split_though_the_carrier_did_not_answer(
    order: Order, shipment: Shipment, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    tries = []

    class AnswersLater(SimulatedCarrier):
        def void_label(self, reference: str) -> bool:
            tries.append(reference)
            if len(tries) == 1:
                raise trouble
            return super().void_label(reference)

    monkeypatch.setattr(services, "carrier", AnswersLater)
    with pytest.raises(type(trouble)):
        split(shipment, ONE_MUG, ONE_MUG, under="k")
    settle()
    assert states(order) == ["cancelled", "ready", "ready"]

    assert len(split(shipment, ONE_MUG, ONE_MUG, under="k")) == 3
    settle()
    assert states(order) == ["cancelled", "ready", "ready"]
    assert pieces(order) == (2, 0, 0)


def test_a_parcel_is_split_into_several_that_have_the_same_pieces(order: Order, shipment: Shipment) -> None:
    old, *new = split(shipment, ONE_MUG, ONE_MUG)
    settle()

    assert (old.id, old.state) == (shipment.id, "cancelled")
    assert [parcel.lines for parcel in new] == [[ONE_MUG], [ONE_MUG]]
    assert states(order) == ["cancelled", "ready", "ready"]
    assert pieces(order) == (2, 0, 0)
    with pytest.raises(NotInThisState):
        hold(old)


def test_what_was_on_hold_is_on_hold_in_parts(order: Order) -> None:
    hear(confirmation_of(order))
    split(hold(of(order)[0]), ONE_MUG, ONE_MUG)
    settle()

    assert [(parcel.state, parcel.held_for) for parcel in of(order)[1:]] == [("on_hold", "strange address")] * 2


@pytest.mark.parametrize("parts", [(ONE_MUG, TWO_MUGS), (ONE_MUG, ShipmentLine(sku="PEN", quantity=1))])
def test_parts_that_are_not_the_whole_are_refused(
    order: Order, shipment: Shipment, parts: tuple[ShipmentLine, ...]
) -> None:
    with pytest.raises(DoesNotAddUp):
        split(shipment, *parts)
    assert of(order) == [shipment]


def test_what_nobody_knows_is_refused(db: None) -> None:
    with pytest.raises(ShipmentNotFound):
        shipping.release(ShipmentId.new(), key=key())


def test_a_stopped_order_is_not_packed(order: Order, shipment: Shipment) -> None:
    cancel(shipment)
    shipping.stop(StopShipping(order_id=order.id, reason="changed her mind"), key="k")
    with pytest.raises(NotThatManyLeft):
        pack(order, ONE_MUG)

    shipping.resume(key="k")
    settle()
    assert states(order) == ["cancelled", "ready"]


def test_of_many_who_pack_at_once_only_so_many_do_as_there_are_pieces(order: Order, shipment: Shipment) -> None:
    cancel(shipment)

    def try_to_pack() -> int:
        try:
            pack(order, ONE_MUG)
        except NotThatManyLeft:
            return 0
        return 1

    assert sum(at_once([try_to_pack] * 6)) == 2
    assert pieces(order) == (2, 0, 0)
    settle()
    assert states(order) == ["cancelled", "ready", "ready"]


def test_split_cancelled_and_stopped_at_once_the_pieces_add_up(
    order: Order, shipment: Shipment, carrier: SimulatedCarrier
) -> None:
    def tried(deed: Callable[[], object]) -> None:
        with suppress(Refusal):
            deed()

    stop = partial(shipping.stop, StopShipping(order_id=order.id, reason="changed her mind"), key="k")
    deeds: list[Callable[[], object]] = [partial(split, shipment, ONE_MUG, ONE_MUG), partial(cancel, shipment), stop]
    at_once([partial(tried, deed) for deed in deeds])
    settle()

    assert {*states(order)} == {"cancelled"}
    assert pieces(order) == (0, 0, 0)
    assert carrier.labels().keys() & {parcel.id for parcel in of(order)} <= carrier.voided()


def test_what_was_sent_comes_back_and_is_announced_when_it_is_here(order: Order, shipment: Shipment) -> None:
    with pytest.raises(NotThatManySent):
        ask_back(order, ONE_MUG)
    arrives(shipment)
    back = ask_back(order, ONE_MUG)
    settle()
    with pytest.raises(NotThatManySent):
        ask_back(order, TWO_MUGS)

    [labelled] = [parcel for parcel in of(order) if parcel.direction == "return"]
    assert (labelled.id, labelled.state) == (back.id, "ready")
    assert arrives(labelled) == "delivered"
    assert [(told.shipment_id, told.lines) for told in announced(ReturnArrived)] == [(back.id, [ONE_MUG])]
    assert (len(announced(ShipmentPrepared)), len(announced(ShipmentDispatched))) == (1, 1)
    assert pieces(order) == (2, 2, 1)


def test_a_return_that_was_cancelled_can_be_asked_for_again(order: Order, shipment: Shipment) -> None:
    arrives(shipment)
    cancel(ask_back(order, TWO_MUGS))
    ask_back(order, TWO_MUGS)

    assert pieces(order) == (2, 2, 2)
    assert announced(ShipmentCancelled) == []
    with pytest.raises(IntegrityError, match="shipping_sent_within_packed"), transaction.atomic(using="shipping"):
        ConsignmentLine.objects.filter(consignment_id=order.id).update(coming_back=3)
