"""Whatever the carrier says, in whatever order: it is kept, and parcels only go forward."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from modules.orders.contracts import Order, OrderId
from modules.shipping import services, tracking
from modules.shipping.adapters import Scan
from modules.shipping.adapters.simulated import FAST, REFUSED, USED, SimulatedCarrier
from modules.shipping.contracts import AlreadyLeft, ShipmentLine, StopShipping, TrackingStatus
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched
from modules.shipping.facade import shipping
from modules.shipping.models import ConsignmentLine, Shipment, TrackingEntry
from modules.shipping.states import LEFT
from modules.shipping.tests.peers import KnownOrders, announced, confirmation_of, going_to, hear
from modules.shipping.tests.test_stopping import at_once
from tearline.contracts import Unavailable
from tearline.databases.ledgers import Rewritten
from tearline.events import Event
from tearline.facades import acting_as
from tearline.models import TaskRow
from tearline.testing import settle

MORNING = datetime(2026, 11, 24, 6, tzinfo=UTC)
THE_USUAL_WAY: list[TrackingStatus] = [
    "announced",
    "in_transit",
    "exception",
    "in_transit",
    "out_for_delivery",
    "delivered",
]


def seen(*statuses: TrackingStatus) -> list[Scan]:
    """One an hour."""
    return [
        Scan(id=str(hour), status=status, at=MORNING + timedelta(hours=hour), detail=status.upper())
        for hour, status in enumerate(statuses)
    ]


@pytest.fixture
def shipment(order: Order) -> Shipment:
    """It is ready."""
    hear(confirmation_of(order))
    settle()
    return Shipment.objects.get(order_id=order.id)


def tell(shipment: Shipment, *scans: Scan) -> str:
    """What state it is in then."""
    with acting_as("shipping"), transaction.atomic(using="shipping"):
        tracking.book(Shipment.locked(shipment.id), scans)
    shipment.refresh_from_db()
    return shipment.state


def told(kind: type[Event]) -> int:
    return len(announced(kind))


def test_a_parcel_goes_where_the_carrier_says_and_it_is_announced_once(shipment: Shipment) -> None:
    states = [tell(shipment, scan) for scan in seen(*THE_USUAL_WAY)]

    assert states == ["ready", *THE_USUAL_WAY[1:]]
    [left], [arrived] = announced(ShipmentDispatched), announced(ShipmentDelivered)
    assert left.lines == arrived.lines == [ShipmentLine(sku="MUG-BLUE", quantity=2)]
    assert (left.shipment_id, left.tracking_number) == (shipment.id, shipment.tracking_number)
    assert (shipment.dispatched_at, shipment.delivered_at) == (
        MORNING + timedelta(hours=1),
        MORNING + timedelta(hours=5),
    )
    assert ConsignmentLine.objects.get(consignment_id=shipment.order_id).sent == 2


@pytest.mark.parametrize("seed", range(8))
def test_late_and_doubled_news_change_nothing_but_the_history(shipment: Shipment, seed: int) -> None:
    scans = seen(*THE_USUAL_WAY)
    shuffled = scans * 2
    random.Random(seed).shuffle(shuffled)
    moments = []
    for scan in shuffled:
        tell(shipment, scan)
        moments.append(shipment.moved_at or MORNING)

    assert moments == sorted(moments)
    assert shipment.state == "delivered"
    assert (told(ShipmentDispatched), told(ShipmentDelivered)) == (1, 1)
    kept = TrackingEntry.objects.filter(shipment=shipment).order_by("at")
    assert [entry.status for entry in kept] == THE_USUAL_WAY


def test_what_happened_before_an_exception_does_not_end_it(shipment: Shipment) -> None:
    _, picked_up, lost = seen("announced", "in_transit", "exception")

    assert tell(shipment, lost) == "exception"
    assert tell(shipment, picked_up) == "exception"
    assert told(ShipmentDispatched) == 1


def test_what_was_heard_before_moves_nothing_though_it_was_at_the_same_moment(shipment: Shipment) -> None:
    picked_up, lost = (replace(scan, at=MORNING) for scan in seen("in_transit", "exception"))

    assert tell(shipment, picked_up, lost) == "exception"
    assert tell(shipment, picked_up) == "exception"


def test_a_parcel_whose_pick_up_nobody_saw_has_left_when_it_is_delivered(shipment: Shipment) -> None:
    tell(shipment, *seen("delivered"))

    assert (told(ShipmentDispatched), told(ShipmentDelivered)) == (1, 1)


def test_history_is_only_added_to(shipment: Shipment) -> None:
    tell(shipment, *seen("announced"))

    with pytest.raises(Rewritten):
        TrackingEntry.objects.filter(shipment=shipment).update(status="delivered")


def looks() -> int:
    """How many looks at parcels were ever asked for."""
    return TaskRow.objects.using("shipping").filter(name="shipping.follow").count()


def follow(shipment: Shipment, times: int) -> None:
    with acting_as("shipping"):
        tracking.follow(shipment.id, times)


def test_the_carrier_is_asked_again_and_again_though_no_webhook_comes(
    shipment: Shipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [seen("announced"), None, seen("announced", "in_transit"), seen(*THE_USUAL_WAY)]

    class Asked(SimulatedCarrier):
        def track(self, tracking_number: str) -> tuple[Scan, ...]:
            assert tracking_number == shipment.tracking_number
            answer = answers.pop(0)
            if answer is None:
                raise Unavailable("nobody there")
            return tuple(answer)

    monkeypatch.setattr(tracking, "carrier", Asked)
    waiting = looks()
    for times, state in enumerate(["ready", "ready", "in_transit", "delivered"]):
        follow(shipment, times)
        shipment.refresh_from_db()
        assert shipment.state == state
        assert looks() == waiting + min(times + 1, 3)  # none after the last


def test_a_look_that_is_taken_twice_is_followed_by_one(shipment: Shipment) -> None:
    waiting = looks()
    for _ in range(3):
        follow(shipment, 0)

    assert looks() == waiting + 1


def test_a_parcel_is_on_its_way_or_stopped_whoever_is_faster(
    order: Order, shipment: Shipment, carrier: SimulatedCarrier
) -> None:
    def stop() -> bool:
        try:
            shipping.stop(StopShipping(order_id=order.id, reason="changed her mind"), key="k")
        except AlreadyLeft:
            return False
        return True

    def pick_up() -> bool:
        return tell(Shipment.objects.get(id=shipment.id), *seen("in_transit")) in LEFT

    stopped, left = at_once([stop, pick_up])
    settle()

    assert stopped != left
    assert (told(ShipmentDispatched), told(ShipmentCancelled)) == (left, stopped)
    assert shipping.shipments_of(order.id)[0].state == ("in_transit" if left else "cancelled")
    assert shipment.id in carrier.voided() or left
    line = ConsignmentLine.objects.get(consignment_id=order.id)
    assert (line.packed, line.sent, line.cancelled) == ((2, 2, 0) if left else (0, 0, 2))


def test_a_parcel_of_the_simulated_carrier_arrives(order: Order, orders: KnownOrders) -> None:
    orders.learn(going_to(order, FAST))
    hear(confirmation_of(order))
    settle()
    [shipment] = Shipment.objects.filter(order_id=order.id)
    follow(shipment, 0)

    assert shipping.shipments_of(order.id)[0].state == "delivered"
    assert [entry.status for entry in TrackingEntry.objects.filter(shipment=shipment)] == [
        "announced",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]


def test_a_used_label_is_not_taken_back_and_the_parcel_goes_on(order: Order, orders: KnownOrders) -> None:
    orders.learn(going_to(order, USED))
    hear(confirmation_of(order))
    settle()
    with pytest.raises(AlreadyLeft):
        shipping.stop(StopShipping(order_id=order.id, reason="changed her mind"), key="k")
    settle()

    assert shipping.shipments_of(order.id)[0].state == "in_transit"
    [shipment] = Shipment.objects.filter(order_id=order.id)
    assert tell(shipment, *seen("in_transit", "delivered")) == "delivered"  # though by the carrier's clock long ago
    assert (told(ShipmentDispatched), told(ShipmentDelivered)) == (1, 1)


def test_a_parcel_that_the_carrier_refuses_waits_for_somebody_to_look(order: Order, orders: KnownOrders) -> None:
    orders.learn(going_to(order, REFUSED))
    hear(confirmation_of(order))
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert (shipment.state, shipment.tracking_number) == ("on_hold", None)
    assert shipment.held_for == "The carrier does not take the parcel: no carrier goes there."
    with acting_as("shipping"):
        services.prepare(shipment.id)
    assert shipping.shipments_of(order.id) == [shipment]


def test_the_carrier_is_asked_ever_more_rarely_and_sooner_where_parcels_are_faster(settings: Settings) -> None:
    hours = [tracking.wait(looks) / timedelta(hours=1) for looks in (0, 1, 2, 3, 4, 5, 10_000)]
    assert hours == [1, 2, 4, 8, 12, 12, 12]
    settings.SHIPPING_SIMULATED_SPEED = 60
    assert [tracking.wait(looks) / timedelta(minutes=1) for looks in (0, 1, 10_000)] == [1, 2, 12]
    settings.SHIPPING_SIMULATED_SPEED = 1e12
    assert [tracking.wait(looks) / timedelta(seconds=1) for looks in (0, 1, 10_000)] == [1, 2, 12]


def test_a_parcel_is_first_looked_for_as_soon_as_its_carrier_says(
    ship: Callable[[], OrderId], settings: Settings
) -> None:
    settings.SHIPPING_SIMULATED_SPEED = 60
    ship()
    rows = TaskRow.objects.using("shipping").filter(name="shipping.follow")
    assert rows.filter(due_at__lte=timezone.now() + timedelta(minutes=1)).count() == 1


def test_parcels_take_their_time_unless_told_otherwise(order: Order, shipment: Shipment, settings: Settings) -> None:
    follow(shipment, 0)
    assert shipping.shipments_of(order.id)[0].state == "ready"

    settings.SHIPPING_SIMULATED_SPEED = 1e12
    follow(shipment, 1)
    assert shipping.shipments_of(order.id)[0].state == "delivered"
