"""From a confirmed order to a parcel that waits to be handed over."""

from collections.abc import Sequence

from django.db import transaction

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.shipping.adapters import Label, Parcel, carrier
from modules.shipping.contracts import ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentPrepared
from modules.shipping.models import Shipment
from tearline.events import publish
from tearline.work import task


def open_shipment(order_id: OrderId, lines: Sequence[ShipmentLine]) -> None:
    """Have one parcel prepared for the order, once. Runs in a transaction of shipping."""
    shipment, opened = Shipment.objects.get_or_create(order_id=order_id)
    if opened:
        shipment.pack(lines)
        prepare.later(shipment.id)


@task("shipping.prepare")
def prepare(shipment_id: str) -> None:
    """Buy the parcel's label and announce it. Repeating it buys and announces nothing more."""
    shipment = Shipment.objects.get(id=shipment_id).to_contract()
    if shipment.state == "ready":
        return
    order = orders.find(shipment.order_id)
    label = carrier().buy_label(Parcel(reference=shipment.id, ship_to=order.ship_to, lines=tuple(shipment.lines)))
    _stick(label, shipment.id)


def _stick(label: Label, shipment_id: ShipmentId) -> None:
    with transaction.atomic(using="shipping"):
        shipment = Shipment.objects.select_for_update().get(id=shipment_id)
        if shipment.is_ready:
            return
        shipment.stick(label)
        publish(
            ShipmentPrepared(
                order_id=shipment.order_id,
                shipment_id=shipment_id,
                carrier=label.carrier,
                tracking_number=label.tracking_number,
            )
        )
