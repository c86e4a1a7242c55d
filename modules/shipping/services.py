"""From a confirmed order to a parcel that waits to be handed over, and back again: its label."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.shipping import tracking
from modules.shipping.adapters import Label, Parcel, carrier
from modules.shipping.contracts import LabelRefused, ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentCancelled, ShipmentPrepared
from modules.shipping.models import Consignment, Shipment
from tearline.events import publish
from tearline.work import task


def open_shipment(order_id: OrderId, lines: Sequence[ShipmentLine]) -> None:
    """Have one parcel prepared for the order, once, unless it is stopped. Runs in a transaction of shipping."""
    consignment = Consignment.locked(order_id)
    if consignment.confirm(lines) and not consignment.is_stopped:
        open_parcel(order_id, lines)


def open_parcel(order_id: OrderId, lines: Sequence[ShipmentLine]) -> Shipment:
    """Have another parcel of the order prepared, of a locked consignment. Raises NotThatManyLeft."""
    shipment = Shipment.objects.create(order_id=order_id)
    shipment.pack(lines)
    prepare.later(shipment.id)
    return shipment


@task("shipping.prepare")
def prepare(shipment_id: str) -> None:
    """Buy the parcel's label and announce it. Repeating it buys and announces nothing more.

    What was cancelled in the meantime gets its label taken back, should an earlier try have bought one.
    """
    shipment = Shipment.objects.get(id=shipment_id)
    if shipment.state == "cancelled":
        give_label_back(shipment_id)
    elif shipment.state == "pending":
        order = orders.find(shipment.order_id)
        parcel = Parcel(reference=shipment.id, ship_to=order.ship_to, lines=tuple(shipment.packed_lines()))
        try:
            label = carrier().buy_label(parcel)
        except LabelRefused as refused:
            _put_aside(shipment.id, refused)
        else:
            _stick(label, shipment.id)


def _put_aside(shipment_id: ShipmentId, refused: LabelRefused) -> None:
    """Somebody has to look."""
    with transaction.atomic(using="shipping"):
        shipment = Shipment.locked(shipment_id)
        if shipment.state == "pending":
            shipment.hold(refused.detail)


def _stick(label: Label, shipment_id: ShipmentId) -> None:
    with transaction.atomic(using="shipping"):
        shipment = Shipment.locked(shipment_id)
        if shipment.label != "none":
            return
        if shipment.state == "cancelled":
            give_label_back.later(shipment_id)
            return
        shipment.stick(label)
        tracking.follow.after(tracking.FIRST_LOOK, shipment_id, shipment.looks)
        publish(
            ShipmentPrepared(
                order_id=shipment.order_id,
                shipment_id=shipment_id,
                carrier=label.carrier,
                tracking_number=label.tracking_number,
            )
        )


def cancel(shipment: Shipment, reason: str) -> None:
    """Nothing of it leaves, as far as it is up to us. Of a locked row.

    Its pieces are free at once if it has no label, else as soon as the carrier has taken that back. One that is being
    bought right now is given back by whoever buys it.
    """
    shipment.cancel(reason)
    if shipment.label == "voiding":
        give_label_back.later(shipment.id)
    else:
        _cancelled_for_good(shipment)


@task("shipping.give_label_back")
def give_label_back(shipment_id: str) -> None:
    """Have the carrier void the label of what is cancelled. One that it has used is on its way, and said to be."""
    if Shipment.objects.get(id=shipment_id).state != "cancelled":
        return
    is_void = carrier().void_label(shipment_id)
    with transaction.atomic(using="shipping"):
        shipment = Shipment.locked(shipment_id)
        if shipment.label == "voiding":
            book_voiding(shipment, is_void)


def book_voiding(shipment: Shipment, is_void: bool) -> None:
    """What the carrier says of a label that was to be given back. Of a locked row."""
    if not is_void:
        tracking.move(shipment, "in_transit", at=timezone.now(), seen=False)
        tracking.follow.later(shipment.id, shipment.looks)
        return
    shipment.label = "voided"
    shipment.save(update_fields=["label"])
    _cancelled_for_good(shipment)
    if shipment.pack_again and not Consignment.locked(shipment.order_id).is_stopped:
        open_parcel(shipment.order_id, shipment.packed_lines())


def _cancelled_for_good(shipment: Shipment) -> None:
    shipment.unpack()
    publish(
        ShipmentCancelled(
            order_id=shipment.order_id,
            shipment_id=shipment.id,
            lines=shipment.packed_lines(),
            reason=shipment.cancelled_for,
        )
    )
