"""Whether anything of an order may leave. Every function runs in its caller's transaction."""

from django.db.models import QuerySet

from modules.orders.contracts import OrderId
from modules.shipping import services
from modules.shipping.contracts import ShipmentId, StopShipping
from modules.shipping.models import Consignment, Shipment, Stop
from modules.shipping.states import LEFT, STILL_HERE


def stop(request: StopShipping, *, key: str) -> list[ShipmentId]:
    """Cancel what is still here, and have nothing packed from now on; but if something has left, nothing is stopped.

    Answers of which parcels the carrier has yet to say whether it takes their labels back. Again goes on from there.
    """
    consignment = Consignment.locked(request.order_id)
    if what_has_left(request.order_id):
        return []
    consignment.stops.get_or_create(key=key, defaults={"reason": request.reason})
    for shipment in _outbound(consignment).filter(state__in=STILL_HERE):
        services.cancel(shipment, request.reason)
    consignment.cancel_the_rest()
    return list(_outbound(consignment).filter(label="voiding").values_list("id", flat=True))


def what_has_left(order_id: OrderId) -> ShipmentId | None:
    """The first parcel that is known to have."""
    return _outbound(Consignment(order_id=order_id)).filter(state__in=LEFT).values_list("id", flat=True).first()


def resume(*, key: str) -> bool:
    """Pack anew what was stopped under this key, unless something else still stops it. Whether this call took it back.

    Nothing stopped is fine.
    """
    found = Stop.objects.filter(key=key).first()
    if found is None:
        return False
    consignment = Consignment.locked(OrderId(found.consignment_id))
    taken_back = consignment.stops.filter(key=key, taken_back=False).update(taken_back=True) == 1
    if taken_back and not consignment.is_stopped:
        _pack_anew(consignment)
    return taken_back


def _pack_anew(consignment: Consignment) -> None:
    """What is still in a parcel whose label is being given back follows once that is done."""
    consignment.want_the_rest()
    for shipment in _outbound(consignment).filter(label="voiding", pack_again__isnull=True):
        shipment.pack_again = [[line.model_dump() for line in shipment.packed_lines()]]
        shipment.save(update_fields=["pack_again"])
    rest = consignment.rest()
    if rest:
        services.open_parcel(consignment.order_id, rest)


def _outbound(consignment: Consignment) -> QuerySet[Shipment]:
    return consignment.shipments().filter(direction="outbound")
