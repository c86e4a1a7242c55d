"""What the carrier tells us by itself: kept first, worked off later.

Nothing of what a webhook says is believed beyond which parcel it is about. Each leads to asking the carrier where that
is, so that it does not matter how often webhooks come, in which order, or whether one gets lost.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from modules.shipping import tracking
from modules.shipping.adapters import mailbox
from modules.shipping.contracts import CarrierEventId
from modules.shipping.models import CarrierEvent, Shipment
from tearline.work import task


class NotOurCarrier(LookupError):
    """A webhook of a carrier that is not the one that the settings name."""


def receive(name: str, *, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep it, and have it worked off. False when it was received before. Raises NotOurCarrier, NotFromCarrier."""
    box = mailbox()
    if name != box.name:
        raise NotOurCarrier(name)
    heard = box.read(headers=headers, body=body)
    told = {
        "id": CarrierEventId.new(),
        "kind": heard.kind,
        "tracking_number": heard.tracking_number,
        "body": body.decode(),
    }
    with transaction.atomic(using="shipping", durable=True):
        event, is_new = CarrierEvent.objects.get_or_create(carrier=name, event_id=heard.id, defaults=told)
        if is_new:
            work_off.later(event.id)
    return is_new


@task("shipping.work_off")
def work_off(event_id: str) -> None:
    """Ask where the parcel is that it is about. What is about none of ours is kept, and says so."""
    event = CarrierEvent.objects.get(id=event_id)
    found = list(Shipment.objects.filter(tracking_number=event.tracking_number).values_list("id", flat=True))
    for shipment_id in found:
        tracking.look(shipment_id)
    event.state = "done" if found else "unmatched"
    event.save(update_fields=["state"])


def received() -> QuerySet[CarrierEvent]:
    """All events."""
    return CarrierEvent.objects.all()
