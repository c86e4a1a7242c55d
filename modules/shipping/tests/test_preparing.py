"""From a confirmed order to a parcel that waits to be handed over."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from modules.orders.contracts import Order
from modules.shipping import services
from modules.shipping.adapters import Label, Parcel
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.contracts import ShipmentLine
from modules.shipping.facade import shipping
from modules.shipping.models import Shipment
from modules.shipping.tests.peers import ADA, KnownOrders, confirmation_of, hear
from tearline.contracts import Unavailable
from tearline.facades import acting_as
from tearline.models import OutboxRow, TaskRow
from tearline.testing import settle


def test_a_confirmed_order_gets_one_parcel_with_the_carriers_label(order: Order, carrier: SimulatedCarrier) -> None:
    hear(confirmation_of(order))
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert shipment.state == "ready"
    assert shipment.lines == [ShipmentLine(sku="MUG-BLUE", quantity=2)]
    assert shipment.carrier == "Simulated Parcel"
    assert carrier.labels()[shipment.id] == shipment.tracking_number


def test_a_shipment_is_pending_until_it_has_a_label(order: Order, carrier: SimulatedCarrier) -> None:
    hear(confirmation_of(order))

    [shipment] = shipping.shipments_of(order.id)
    assert (shipment.state, shipment.carrier, shipment.tracking_number) == ("pending", None, None)
    assert shipment.id not in carrier.labels()


def test_hearing_one_confirmation_many_times_opens_one_shipment(order: Order) -> None:
    event = confirmation_of(order)
    for _ in range(3):
        hear(event)

    [shipment] = shipping.shipments_of(order.id)
    assert shipment.lines == [ShipmentLine(sku="MUG-BLUE", quantity=2)]
    assert TaskRow.objects.using("shipping").count() == 1


def test_an_order_confirmed_by_two_announcements_gets_one_shipment(order: Order, carrier: SimulatedCarrier) -> None:
    before = len(carrier.labels())
    hear(confirmation_of(order))
    hear(confirmation_of(order))
    settle()

    assert len(shipping.shipments_of(order.id)) == 1
    assert len(carrier.labels()) == before + 1


def test_preparing_again_buys_and_announces_nothing_more(order: Order, carrier: SimulatedCarrier) -> None:
    before = len(carrier.labels())
    shipment_id = opened(order)
    for _ in range(3):
        prepare(shipment_id)

    assert len(carrier.labels()) == before + 1
    assert len(announced()) == 1


def test_two_who_prepare_at_once_buy_one_label_and_announce_once(
    order: Order, carrier: SimulatedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_a_label = threading.Barrier(2, timeout=20)

    class MeetingAtTheCounter(SimulatedCarrier):
        def buy_label(self, parcel: Parcel) -> Label:
            label = super().buy_label(parcel)
            both_have_a_label.wait()
            return label

    monkeypatch.setattr(services, "carrier", MeetingAtTheCounter)
    before = len(carrier.labels())
    shipment_id = opened(order)
    pair = [threading.Thread(target=prepare_and_leave, args=[shipment_id]) for _ in range(2)]
    for one in pair:
        one.start()
    for one in pair:
        one.join()

    assert len(carrier.labels()) == before + 1
    assert len(announced()) == 1


def test_a_label_whose_answer_was_lost_is_not_bought_twice(
    order: Order, carrier: SimulatedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    class LosesItsFirstAnswer(SimulatedCarrier):
        def buy_label(self, parcel: Parcel) -> Label:
            label = super().buy_label(parcel)
            tries.append(parcel)
            if len(tries) == 1:
                raise Unavailable("the line went dead")
            return label

    monkeypatch.setattr(services, "carrier", LosesItsFirstAnswer)
    before = len(carrier.labels())
    hear(confirmation_of(order))
    settle()

    [shipment] = shipping.shipments_of(order.id)
    assert len(tries) == 2
    assert len(carrier.labels()) == before + 1
    assert carrier.labels()[shipment.id] == shipment.tracking_number


def test_a_shipment_waits_while_orders_is_away(order: Order, orders: KnownOrders, carrier: SimulatedCarrier) -> None:
    orders.absences = 1
    shipment_id = opened(order)
    with pytest.raises(Unavailable):
        prepare(shipment_id)
    assert shipment_id not in carrier.labels()

    settle()
    assert shipping.shipments_of(order.id)[0].state == "ready"


def test_a_shipment_that_is_ready_asks_nobody_again(order: Order, orders: KnownOrders) -> None:
    shipment_id = opened(order)
    prepare(shipment_id)

    orders.absences = 1
    prepare(shipment_id)
    assert orders.absences == 1


def test_what_shipping_announces_names_no_person(order: Order) -> None:
    prepare(opened(order))

    [payload] = announced()
    assert order.id in payload
    assert not [word for word in (order.email, *ADA.model_dump().values()) if word and word in payload]


def test_the_database_refuses_a_ready_shipment_without_a_label(order: Order) -> None:
    shipment_id = opened(order)
    with pytest.raises(IntegrityError), transaction.atomic(using="shipping"):
        Shipment.objects.filter(id=shipment_id).update(state="ready")


def opened(order: Order) -> str:
    """The shipment that shipping opens when it hears of the order. Its label is not bought yet."""
    hear(confirmation_of(order))
    return Shipment.objects.get(order_id=order.id).id


def prepare(shipment_id: str) -> None:
    with acting_as("shipping"):
        services.prepare(shipment_id)


def prepare_and_leave(shipment_id: str) -> None:
    try:
        prepare(shipment_id)
    finally:
        connections.close_all()


def announced() -> list[str]:
    return list(OutboxRow.objects.using("shipping").values_list("payload", flat=True))
