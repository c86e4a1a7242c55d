"""Nothing of a stopped order leaves, whoever was faster; and what had left already is said to have."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import TypeVar

import pytest
from django.db import IntegrityError, connections, transaction

from modules.orders.contracts import Order, OrderId
from modules.shipping import services
from modules.shipping.adapters import Label, Parcel
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.contracts import AlreadyLeft, NotThatManyLeft, Shipment, ShipmentLine, StopShipping
from modules.shipping.events import ShipmentCancelled, ShipmentDispatched, ShipmentPrepared
from modules.shipping.facade import shipping
from modules.shipping.models import Consignment, ConsignmentLine
from modules.shipping.tests.peers import announced, confirmation_of, hear
from tearline.contracts import Undone
from tearline.testing import settle
from tearline.work import drain

Answer = TypeVar("Answer")

TWO_MUGS = ShipmentLine(sku="MUG-BLUE", quantity=2)


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
    assert (announced(ShipmentCancelled), pieces(order)) == ([], (2, 2, 0))  # the carrier may have it yet
    settle()
    assert stopped.id in carrier.voided()
    assert [told.reason for told in announced(ShipmentCancelled)] == ["changed her mind"]
    assert pieces(order) == (2, 0, 2)


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


def test_a_label_that_the_carrier_has_used_means_that_the_parcel_is_on_its_way(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HasItAlready(SimulatedCarrier):
        def void_label(self, reference: str) -> bool:
            return not reference

    monkeypatch.setattr(services, "carrier", HasItAlready)
    hear(confirmation_of(order))
    settle()
    stop(order)
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert (shipment.state, shipment.cancelled_for) == ("in_transit", None)
    assert shipment.dispatched_at is not None
    assert announced(ShipmentCancelled) == []
    assert [(told.shipment_id, told.lines) for told in announced(ShipmentDispatched)] == [(shipment.id, [TWO_MUGS])]
    assert pieces(order) == (2, 2, 0)
    with pytest.raises(AlreadyLeft):
        stop(order, key="another")


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
    order: Order, carrier: SimulatedCarrier
) -> None:
    hear(confirmation_of(order))
    settle()
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
