"""From a confirmed order to a parcel that waits to be handed over, and back again: its label."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.shipping import tracking
from modules.shipping.adapters import Label, Parcel, carrier
from modules.shipping.contracts import Direction, LabelRefused, Rate, ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentCancelled, ShipmentPrepared
from modules.shipping.models import Consignment, Shipment
from tearline.events import publish
from tearline.facades import acting_as
from tearline.work import task


def open_shipment(order_id: OrderId, lines: Sequence[ShipmentLine]) -> None:
    """Have one parcel prepared for the order, once, unless it is stopped. Runs in a transaction of shipping."""
    consignment = Consignment.locked(order_id)
    if consignment.confirmed:
        return
    consignment.confirm(lines)
    if consignment.is_stopped:
        consignment.cancel_the_rest()
    else:
        open_parcel(order_id, lines)


def open_parcel(
    order_id: OrderId,
    lines: Sequence[ShipmentLine],
    *,
    direction: Direction = "outbound",
    service: str = "",
    held_for: str = "",
) -> Shipment:
    """Have another parcel of the order prepared, of a locked consignment. Raises NotThatManyLeft, NotThatManySent."""
    shipment = Shipment.objects.create(
        order_id=order_id,
        direction=direction,
        service=service,
        state="on_hold" if held_for else "pending",
        held_for=held_for,
    )
    shipment.pack(lines)
    if not held_for:
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
        try:
            label = carrier().buy_label(_parcel(shipment))
        except LabelRefused as refused:
            _put_aside(shipment.id, refused)
        else:
            _stick(label, shipment.id)


def rates(shipment: Shipment) -> tuple[Rate, ...]:
    """Ask the carrier what it takes, the cheapest first. Raises Unavailable."""
    with acting_as("shipping"):
        return carrier().rates(_parcel(shipment))


def _parcel(shipment: Shipment) -> Parcel:
    """Asks orders where it goes."""
    return Parcel(
        reference=shipment.id,
        ship_to=orders.find(shipment.order_id).ship_to,
        lines=tuple(shipment.packed_lines()),
        service=shipment.service,
        is_return=shipment.is_return,
    )


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
        tracking.follow.after(tracking.wait(0), shipment_id, shipment.looks)
        if not shipment.is_return:
            publish(
                ShipmentPrepared(
                    order_id=shipment.order_id,
                    shipment_id=shipment_id,
                    carrier=label.carrier,
                    tracking_number=label.tracking_number,
                )
            )


def cancel(shipment: Shipment, reason: str, *, pack_again: Sequence[Sequence[ShipmentLine]] | None = None) -> None:
    """Nothing of it leaves, as far as it is up to us. Of a locked row.

    Its pieces are free at once if it has no label, else as soon as the carrier has taken that back; then they go into
    the parcels of `pack_again`. A label may have been bought, or be bought right now, and nobody know it yet.
    """
    shipment.cancel(reason, pack_again=pack_again)
    give_label_back.later(shipment.id)
    if shipment.label != "voiding":
        _cancelled_for_good(shipment)


@task("shipping.give_label_back")
def give_label_back(shipment_id: str) -> None:
    """Have the carrier void the label of what is cancelled. One that it has used is on its way, and said to be."""
    if Shipment.objects.get(id=shipment_id).state == "cancelled":
        is_void = void(shipment_id)
        with transaction.atomic(using="shipping"):
            book_voiding(shipment_id, is_void)


def void(shipment_id: str) -> bool:
    """Ask the carrier. False: it has used the label. Raises Unavailable."""
    return carrier().void_label(shipment_id)


def book_voiding(shipment_id: str, is_void: bool) -> Shipment:
    """What the carrier says of a label that was to be given back. Whoever says it first is heard."""
    shipment = Shipment.locked(shipment_id)
    if shipment.label == "voiding" and is_void:
        shipment.label = "voided"
        shipment.save(update_fields=["label"])
        _cancelled_for_good(shipment)
    elif shipment.label == "voiding":
        tracking.move(shipment, "in_transit", at=timezone.now(), seen=False)
        tracking.follow.later(shipment.id, shipment.looks)
    return shipment


def _cancelled_for_good(shipment: Shipment) -> None:
    shipment.unpack()
    if shipment.is_return:
        return
    publish(
        ShipmentCancelled(
            order_id=shipment.order_id,
            shipment_id=shipment.id,
            lines=shipment.packed_lines(),
            reason=shipment.cancelled_for,
        )
    )
    if not Consignment(order_id=shipment.order_id).is_stopped:
        for lines in shipment.parcels_again():
            open_parcel(shipment.order_id, lines, service=shipment.service, held_for=shipment.held_for)
