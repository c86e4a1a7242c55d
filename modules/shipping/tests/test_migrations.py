"""Shipments from before an order could have several are carried over, with what of the order is packed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from modules.orders.contracts import OrderId
from modules.shipping.contracts import NotThatManyLeft, PackShipment, ShipmentId, ShipmentLine, StopShipping
from modules.shipping.facade import shipping
from modules.shipping.models import ConsignmentLine
from tearline.databases.preparing import as_owner, prepare


@pytest.fixture
def earlier(db: None) -> Iterator[Any]:
    """The models as they were. Afterwards everything is as it was."""
    try:
        with as_owner("shipping") as connection:
            executor = MigrationExecutor(connection)
            executor.migrate([("shipping", "0001_initial")])
        yield executor.loader.project_state([("shipping", "0001_initial")]).apps
    finally:
        prepare("shipping")
        connections.close_all()


def test_what_was_sent_as_one_shipment_is_packed_and_can_be_stopped(earlier: Any) -> None:
    ready, pending = OrderId.new(), OrderId.new()
    with as_owner("shipping"):
        shipments = earlier.get_model("shipping", "Shipment").objects.using("shipping")
        for order_id, has in ((ready, {"state": "ready", "carrier": "C", "tracking_number": "1"}), (pending, {})):
            shipment = shipments.create(id=ShipmentId.new(), order_id=order_id, **has)
            for sku, quantity in (("MUG", 2), ("PEN", 1), ("MUG", 1)):
                shipment.lines.create(sku=sku, quantity=quantity)

    prepare("shipping")

    lines = ConsignmentLine.objects.filter(consignment_id=ready).order_by("id")
    assert [(line.sku, line.ordered, line.packed) for line in lines] == [("MUG", 3, 3), ("PEN", 1, 1)]
    one_more = PackShipment(order_id=pending, lines=[ShipmentLine(sku="PEN", quantity=1)])
    with pytest.raises(NotThatManyLeft):
        shipping.pack(one_more, key="k")
    for order_id in (ready, pending):
        [stopped] = shipping.stop(StopShipping(order_id=order_id, reason="changed her mind"), key=order_id)
        assert stopped.state == "cancelled"
    assert {line.packed for line in ConsignmentLine.objects.filter(consignment_id=pending)} == {0}
