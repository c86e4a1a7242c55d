"""Whether anything of an order may leave. Every function runs in its caller's transaction."""

from modules.orders.contracts import OrderId
from modules.shipping import services
from modules.shipping.contracts import AlreadyLeft, Shipment, StopShipping
from modules.shipping.models import Consignment, Stop
from modules.shipping.states import STILL_HERE


def stop(request: StopShipping, *, key: str) -> list[Shipment]:
    """Cancel what is still here, and have nothing packed from now on. Raises AlreadyLeft."""
    consignment = Consignment.locked(request.order_id)
    shipments = list(consignment.shipments().filter(direction="outbound"))
    for shipment in shipments:
        if shipment.has_left:
            raise AlreadyLeft(order_id=request.order_id, shipment_id=shipment.id)
    consignment.stops.create(key=key, reason=request.reason)
    for shipment in shipments:
        if shipment.state in STILL_HERE:
            services.cancel(shipment, request.reason)
    consignment.cancel_the_rest()
    return [shipment.to_contract() for shipment in shipments]


def resume(*, key: str) -> None:
    """Pack anew what was stopped under this key, unless something else still stops it. Nothing stopped is fine."""
    found = Stop.objects.filter(key=key).first()
    if found is None:
        return
    consignment = Consignment.locked(OrderId(found.consignment_id))
    if consignment.stops.filter(key=key, taken_back=False).update(taken_back=True) and not consignment.is_stopped:
        _pack_anew(consignment)


def _pack_anew(consignment: Consignment) -> None:
    """What is still in a parcel whose label is being given back follows once that is done."""
    consignment.want_the_rest()
    for shipment in consignment.shipments().filter(direction="outbound", label="voiding", pack_again__isnull=True):
        shipment.pack_again = [[line.model_dump() for line in shipment.packed_lines()]]
        shipment.save(update_fields=["pack_again"])
    rest = consignment.rest()
    if rest:
        services.open_parcel(consignment.order_id, rest)
