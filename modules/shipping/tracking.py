"""Where parcels are: the carrier is asked, all that it says is kept, and what is news moves the parcel forward."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from modules.shipping.adapters import Scan, carrier, mailbox
from modules.shipping.contracts import ShipmentState
from modules.shipping.events import ReturnArrived, ShipmentDelivered, ShipmentDispatched
from modules.shipping.models import Shipment, TrackingEntry
from modules.shipping.states import OVER
from tearline.contracts import Unavailable
from tearline.events import publish
from tearline.work import task

LONGEST_WAIT = 12
"""Times the first one."""


def wait(looks: int) -> timedelta:
    """How long until the carrier is asked where a parcel is, after so many times. Each wait is twice the last one."""
    times: int = min(2 ** min(looks, 10), LONGEST_WAIT)
    return mailbox().first_look() * times


@task("shipping.follow")
def follow(shipment_id: str, looks: int) -> None:
    """Ask where a parcel is, again and again until it has arrived. `looks`: how often it was asked before.

    Whoever comes twice with the same number goes on once.
    """
    with suppress(Unavailable):  # the next look is as good
        look(shipment_id)
    with transaction.atomic(using="shipping"):
        on_its_way = Shipment.objects.filter(id=shipment_id, looks=looks).exclude(state__in=[*OVER, "cancelled"])
        if on_its_way.update(looks=looks + 1):
            follow.after(wait(looks + 1), shipment_id, looks + 1)


def look(shipment_id: str) -> None:
    """Ask the carrier where a parcel is. Raises Unavailable."""
    shipment = Shipment.objects.get(id=shipment_id)
    if shipment.tracking_number:
        scans = carrier().track(shipment.tracking_number)
        with transaction.atomic(using="shipping"):
            book(Shipment.locked(shipment_id), scans)


def book(shipment: Shipment, scans: Iterable[Scan]) -> None:
    """Keep what was seen of a locked shipment, and take it to where it is by now. What was heard before is no news."""
    for scan in sorted(scans, key=lambda scan: scan.at):
        seen = {"status": scan.status, "detail": scan.detail[:500], "at": scan.at}
        _, is_new = TrackingEntry.objects.get_or_create(shipment=shipment, scan=scan.id, defaults=seen)
        if is_new and scan.status != "announced" and shipment.can_move(scan.status, at=scan.at):
            move(shipment, scan.status, at=scan.at)


def move(shipment: Shipment, state: ShipmentState, *, at: datetime, seen: bool = True) -> None:
    """Have it go there, and announce when it has left and when it has arrived."""
    has_left = shipment.move(state, at=at, seen=seen)
    about = {"order_id": shipment.order_id, "shipment_id": shipment.id, "lines": shipment.packed_lines()}
    if shipment.is_return:
        if state == "delivered":
            publish(ReturnArrived.model_validate(about))
        return
    if has_left:
        tracked = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
        publish(ShipmentDispatched.model_validate(about | tracked))
    if state == "delivered":
        publish(ShipmentDelivered.model_validate(about))
