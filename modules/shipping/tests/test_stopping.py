"""Nothing of a stopped order leaves, whoever was faster; and what had left already is said to have."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import NoReturn, TypeVar

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from modules.orders.contracts import Order, OrderId
from modules.shipping import local, services, tracking
from modules.shipping.adapters import Label, Parcel
from modules.shipping.adapters.simulated import USED, SimulatedCarrier
from modules.shipping.contracts import (
    AlreadyLeft,
    NotThatManyLeft,
    Shipment,
    ShipmentId,
    ShipmentLine,
    SplitShipment,
    StopShipping,
)
from modules.shipping.events import ShipmentCancelled, ShipmentDispatched, ShipmentPrepared
from modules.shipping.facade import shipping
from modules.shipping.models import Consignment, ConsignmentLine
from modules.shipping.models import Shipment as ShipmentRow
from modules.shipping.tests.peers import KnownOrders, announced, confirmation_of, going_to, hear
from tearline.contracts import Unavailable, Undone
from tearline.facades import acting_as
from tearline.testing import settle
from tearline.work import drain

Answer = TypeVar("Answer")

ONE_MUG = ShipmentLine(sku="MUG-BLUE", quantity=1)
TWO_MUGS = ShipmentLine(sku="MUG-BLUE", quantity=2)


class AwayAtFirst(SimulatedCarrier):
    """Has a trouble, once, when it is asked to take a label back."""

    trouble: Exception | None = None

    def void_label(self, reference: str) -> bool:
        trouble, self.trouble = self.trouble, None
        if trouble:
            raise trouble
        return super().void_label(reference)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> AwayAtFirst:
    carrier = AwayAtFirst()
    monkeypatch.setattr(services, "carrier", lambda: carrier)
    return carrier


def stop(order: Order, key: str = "stop") -> list[Shipment]:
    return shipping.stop(StopShipping(order_id=order.id, reason="changed her mind"), key=key)


def states(order: Order) -> list[str]:
    return [shipment.state for shipment in shipping.shipments_of(order.id)]


def pieces(order: Order) -> tuple[int, int, int]:
    """Ordered, packed, cancelled."""
    line = ConsignmentLine.objects.get(consignment_id=order.id)
    return line.ordered, line.packed, line.cancelled


def at_once(deeds: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Each in a thread of its own. Raises what any of them raised."""

    def run(deed: Callable[[], Answer]) -> Answer:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def test_a_parcel_without_a_label_is_cancelled_at_once_and_never_gets_one(
    order: Order, carrier: SimulatedCarrier
) -> None:
    hear(confirmation_of(order))

    [stopped] = stop(order)
    assert (stopped.state, stopped.cancelled_for) == ("cancelled", "changed her mind")
    assert [(told.shipment_id, told.lines) for told in announced(ShipmentCancelled)] == [(stopped.id, [TWO_MUGS])]
    settle()
    assert stopped.id not in carrier.labels()
    assert (states(order), pieces(order)) == (["cancelled"], (2, 0, 2))


def test_the_label_of_a_parcel_that_was_ready_is_given_back(order: Order, carrier: SimulatedCarrier) -> None:
    hear(confirmation_of(order))
    settle()

    [stopped] = stop(order)
    assert stopped.state == "cancelled"
    assert stopped.id in carrier.voided()
    assert [told.reason for told in announced(ShipmentCancelled)] == ["changed her mind"]
    assert pieces(order) == (2, 0, 2)

    assert stop(order) == [stopped]
    settle()
    assert len(announced(ShipmentCancelled)) == 1


@pytest.mark.parametrize("trouble", [Unavailable("no answer"), RuntimeError("it dies here")], ids=["no", "dead"])
def test_there_is_no_answer_before_the_carrier_has_said_whether_it_takes_the_label_back(
    order: Order, away: AwayAtFirst, trouble: Exception
) -> None:
    hear(confirmation_of(order))
    settle()
    away.trouble = trouble
    with pytest.raises(type(trouble)):
        stop(order)
    assert states(order) == ["cancelled"]  # it does not leave meanwhile, as far as it is up to us
    assert (announced(ShipmentCancelled), pieces(order)) == ([], (2, 2, 0))  # the carrier may have it yet

    assert [shipment.state for shipment in stop(order)] == ["cancelled"]
    settle()
    assert (len(announced(ShipmentCancelled)), pieces(order)) == (1, (2, 0, 2))


def test_an_order_that_was_stopped_before_it_was_heard_of_has_nothing_packed(order: Order) -> None:
    assert stop(order) == []
    hear(confirmation_of(order))
    settle()

    assert (states(order), pieces(order)) == ([], (2, 0, 2))


def test_stopping_again_stops_nothing_more(order: Order) -> None:
    hear(confirmation_of(order))
    first = stop(order)

    assert stop(order) == first
    assert [shipment.state for shipment in stop(order, key="another")] == ["cancelled"]
    assert len(announced(ShipmentCancelled)) == 1


def test_a_label_that_was_being_bought_meanwhile_is_given_back(
    order: Order, carrier: SimulatedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedAtTheCounter(SimulatedCarrier):
        def buy_label(self, parcel: Parcel) -> Label:
            stop(order)
            drain(["shipping"])  # gives back nothing, as there is nothing yet
            return super().buy_label(parcel)

    monkeypatch.setattr(services, "carrier", StoppedAtTheCounter)
    hear(confirmation_of(order))
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert (shipment.state, shipment.tracking_number) == ("cancelled", None)
    assert shipment.id in carrier.voided()
    assert announced(ShipmentPrepared) == []


def test_a_label_whose_answer_was_lost_before_the_stop_is_given_back(
    order: Order, carrier: SimulatedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiesAtTheCounter(SimulatedCarrier):
        def buy_label(self, parcel: Parcel) -> Label:
            stop(order)
            drain(["shipping"])
            super().buy_label(parcel)
            raise RuntimeError("the process dies here")

    monkeypatch.setattr(services, "carrier", DiesAtTheCounter)
    hear(confirmation_of(order))
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert shipment.id in carrier.labels()
    assert shipment.id in carrier.voided()


def test_what_the_carrier_proves_to_have_is_on_its_way_and_nothing_is_stopped(
    order: Order, orders: KnownOrders
) -> None:
    orders.learn(going_to(order, USED))
    hear(confirmation_of(order))
    settle()
    for _ in range(2):
        with pytest.raises(AlreadyLeft):
            stop(order)
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert (shipment.state, shipment.cancelled_for) == ("in_transit", None)
    assert shipment.dispatched_at is not None
    assert announced(ShipmentCancelled) == []
    assert [(told.shipment_id, told.lines) for told in announced(ShipmentDispatched)] == [(shipment.id, [TWO_MUGS])]
    assert pieces(order) == (2, 2, 0)
    assert not Consignment(order_id=order.id).is_stopped
    with pytest.raises(AlreadyLeft):
        stop(order, key="another")


@pytest.mark.parametrize("who_hears_it", ["the next try", "the task"])
def test_it_is_refused_whoever_hears_first_that_the_label_was_used(
    order: Order, orders: KnownOrders, away: AwayAtFirst, who_hears_it: str
) -> None:
    orders.learn(going_to(order, USED))
    hear(confirmation_of(order))
    settle()
    away.trouble = Unavailable("no answer")
    with pytest.raises(Unavailable):
        stop(order)
    assert Consignment(order_id=order.id).is_stopped
    if who_hears_it == "the task":
        settle()

    with pytest.raises(AlreadyLeft):
        stop(order)
    assert not Consignment(order_id=order.id).is_stopped
    assert (states(order), len(announced(ShipmentDispatched))) == (["in_transit"], 1)


def test_it_is_refused_though_whoever_took_it_back_died_before_saying_so(
    order: Order, orders: KnownOrders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> NoReturn:
        raise RuntimeError("the process dies here")

    orders.learn(going_to(order, USED))
    hear(confirmation_of(order))
    settle()
    with monkeypatch.context() as dying:
        dying.setattr(local, "_nothing_more", die)
        with pytest.raises(RuntimeError):
            stop(order)

    with pytest.raises(AlreadyLeft):
        stop(order)
    assert (states(order), Consignment(order_id=order.id).is_stopped) == (["in_transit"], False)


def in_two_parcels(order: Order) -> list[ShipmentId]:
    hear(confirmation_of(order))
    settle()
    [whole] = shipping.shipments_of(order.id)
    _, *parts = shipping.split(SplitShipment(shipment_id=whole.id, parcels=[[ONE_MUG], [ONE_MUG]]), key="split")
    settle()
    return [part.id for part in parts]


def test_a_parcel_that_is_still_here_stays_as_it_is_if_another_is_known_to_have_left(
    order: Order, carrier: SimulatedCarrier
) -> None:
    has_left, is_here = in_two_parcels(order)
    with transaction.atomic(using="shipping"):
        tracking.move(ShipmentRow.locked(has_left), "in_transit", at=timezone.now())
    with pytest.raises(AlreadyLeft):
        stop(order)

    assert states(order) == ["cancelled", "in_transit", "ready"]
    assert is_here not in carrier.voided()


@pytest.mark.parametrize("used", [0, 1])
def test_if_one_of_two_parcels_proves_to_have_left_the_other_is_packed_anew(
    order: Order, monkeypatch: pytest.MonkeyPatch, used: int
) -> None:
    has_left, is_here = in_two_parcels(order)[:: -1 if used else 1]

    class HasOneAlready(SimulatedCarrier):
        def void_label(self, reference: str) -> bool:
            return reference != has_left and super().void_label(reference)

    monkeypatch.setattr(services, "carrier", HasOneAlready)
    with pytest.raises(AlreadyLeft) as refused:
        stop(order)
    settle()

    assert refused.value.shipment_id == has_left
    found = {shipment.id: shipment.state for shipment in shipping.shipments_of(order.id)[1:]}
    assert (found.pop(has_left), found.pop(is_here), list(found.values())) == ("in_transit", "cancelled", ["ready"])
    assert pieces(order) == (2, 2, 0)


def test_what_is_taken_back_while_the_carrier_is_asked_is_packed_anew(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AsksTooLong(SimulatedCarrier):
        def void_label(self, reference: str) -> bool:
            with acting_as("outside"):  # as whoever asks here
                shipping.resume(key="stop")
            return super().void_label(reference)

    hear(confirmation_of(order))
    settle()
    monkeypatch.setattr(services, "carrier", AsksTooLong)
    with pytest.raises(Undone):
        stop(order)
    settle()

    assert (states(order), pieces(order)) == (["cancelled", "ready"], (2, 2, 0))


@pytest.mark.parametrize("heard_first", [True, False])
def test_what_was_stopped_is_packed_anew_once(order: Order, heard_first: bool) -> None:
    if heard_first:
        hear(confirmation_of(order))
    stop(order)
    for _ in range(2):
        shipping.resume(key="stop")
    hear(confirmation_of(order))
    settle()

    assert states(order) == ["cancelled", "ready"] if heard_first else ["ready"]
    assert pieces(order) == (2, 2, 0)


def test_what_was_labelled_is_packed_anew_only_once_its_label_is_given_back(
    order: Order, carrier: SimulatedCarrier, away: AwayAtFirst
) -> None:
    hear(confirmation_of(order))
    settle()
    away.trouble = Unavailable("no answer")
    with pytest.raises(Unavailable):
        stop(order)
    shipping.resume(key="stop")
    assert states(order) == ["cancelled"]

    settle()
    assert states(order) == ["cancelled", "ready"]
    old, new = (shipment.id for shipment in shipping.shipments_of(order.id))
    assert (old in carrier.voided(), new in carrier.voided()) == (True, False)
    assert pieces(order) == (2, 2, 0)


def test_an_order_stays_stopped_while_anybody_wants_it(order: Order) -> None:
    hear(confirmation_of(order))
    stop(order, key="one")
    stop(order, key="other")
    shipping.resume(key="one")
    assert states(order) == ["cancelled"]

    shipping.resume(key="other")
    assert states(order) == ["cancelled", "pending"]


def test_a_stop_that_comes_after_it_was_taken_back_stops_nothing(order: Order) -> None:
    shipping.resume(key="stop")
    with pytest.raises(Undone):
        stop(order)
    hear(confirmation_of(order))

    assert states(order) == ["pending"]


@pytest.mark.parametrize("pair", list(combinations(["hear", "stop", "prepare", "resume"], 2)), ids="-".join)
def test_whoever_is_faster_the_pieces_add_up(order: Order, pair: tuple[str, str], carrier: SimulatedCarrier) -> None:
    """Two at once; whatever is due then; and the order is stopped or not, as the last word says."""

    def try_to_stop() -> None:
        try:
            stop(order, key="raced")
        except Undone:
            assert "resume" in pair

    deeds: dict[str, Callable[[], None]] = {
        "hear": lambda: hear(confirmation_of(order)),
        "stop": try_to_stop,
        "prepare": settle,
        "resume": lambda: shipping.resume(key="raced"),
    }
    if "hear" not in pair:
        hear(confirmation_of(order))
    if "stop" not in pair and "resume" in pair:
        try_to_stop()
    at_once([deeds[name] for name in pair])
    settle()
    hear(confirmation_of(order))
    settle()

    live = [shipment for shipment in shipping.shipments_of(order.id) if shipment.state != "cancelled"]
    stopped = "stop" in pair and "resume" not in pair
    assert [shipment.state for shipment in live] == ([] if stopped else ["ready"])
    assert pieces(order) == ((2, 0, 2) if stopped else (2, 2, 0))
    kept = carrier.labels().keys() - carrier.voided()
    assert {shipment.id for shipment in live} == kept & {shipment.id for shipment in shipping.shipments_of(order.id)}


def test_who_stops_waits_for_who_is_packing(order: Order) -> None:
    stop(order, key="before")
    shipping.resume(key="before")
    stopping = threading.Thread(target=lambda: at_once([lambda: stop(order)]))
    with transaction.atomic(using="shipping"):
        hear(confirmation_of(order))
        stopping.start()
        stopping.join(timeout=0.5)  # it would be done by now if it did not wait
    stopping.join()

    assert states(order) == ["cancelled"]
    assert pieces(order) == (2, 0, 2)


def test_two_confirmations_at_once_open_one_shipment(order: Order) -> None:
    at_once([lambda: hear(confirmation_of(order))] * 4)

    assert (states(order), pieces(order)) == (["pending"], (2, 2, 0))


def test_no_more_is_packed_than_was_ordered(order: Order) -> None:
    hear(confirmation_of(order))

    with pytest.raises(NotThatManyLeft), transaction.atomic(using="shipping"):
        services.open_parcel(Consignment.locked(order.id).order_id, [ShipmentLine(sku="MUG-BLUE", quantity=1)])
    with pytest.raises(IntegrityError, match="shipping_packed_within_ordered"), transaction.atomic(using="shipping"):
        ConsignmentLine.objects.filter(consignment_id=order.id).update(packed=3)
    with pytest.raises(IntegrityError, match="shipping_packed_within_ordered"), transaction.atomic(using="shipping"):
        ConsignmentLine.objects.filter(consignment_id=order.id).update(cancelled=1)


def test_an_order_that_nobody_heard_of_can_be_stopped(db: None) -> None:
    unknown = OrderId.new()

    assert shipping.stop(StopShipping(order_id=unknown, reason="never was"), key="k") == []
    assert shipping.shipments_of(unknown) == []
