"""What people who pack parcels do: pack more, split, cancel, hold, choose how they go, have some come back.

Every function that changes something runs in its caller's transaction.
"""

from django.db.models import QuerySet

from modules.shipping import services
from modules.shipping.contracts import (
    AlreadyLabelled,
    AlreadyLeft,
    CancelShipment,
    ChooseService,
    DoesNotAddUp,
    HoldShipment,
    NotInThisState,
    OpenReturn,
    PackShipment,
    ShipmentId,
    ShipmentNotFound,
    SplitShipment,
)
from modules.shipping.models import Consignment, Shipment, summed
from modules.shipping.states import STILL_HERE


def pack(request: PackShipment) -> Shipment:
    """Raises NotThatManyLeft."""
    Consignment.locked(request.order_id)
    return services.open_parcel(request.order_id, request.lines, service=request.service or "")


def open_return(request: OpenReturn) -> Shipment:
    """Raises NotThatManySent."""
    Consignment.locked(request.order_id)
    return services.open_parcel(request.order_id, request.lines, direction="return", service=request.service or "")


def split(request: SplitShipment) -> Shipment:
    """The one that is split, cancelled now.

    Raises ShipmentNotFound, DoesNotAddUp, StaleShipment, NotInThisState, AlreadyLeft.
    """
    shipment = _locked(request.shipment_id)
    parts = [line for lines in request.parcels for line in lines]
    if summed(parts) != summed(shipment.packed_lines()):
        raise DoesNotAddUp(shipment_id=shipment.id)
    if not _is_being_split(shipment, request):
        shipment.expect(request.expected_version)
        _refuse_unless_here(shipment)
        services.cancel(shipment, "split", pack_again=request.parcels)
    return shipment


def _is_being_split(shipment: Shipment, request: SplitShipment) -> bool:
    return shipment.state == "cancelled" and shipment.parcels_again() == request.parcels


def cancel(request: CancelShipment) -> Shipment:
    """What is cancelled stays so. Raises ShipmentNotFound, StaleShipment, AlreadyLeft."""
    shipment = _locked(request.shipment_id)
    if shipment.state != "cancelled":
        shipment.expect(request.expected_version)
        _refuse_unless_here(shipment)
        services.cancel(shipment, request.reason)
    return shipment


def hold(request: HoldShipment) -> Shipment:
    """Raises ShipmentNotFound, StaleShipment, NotInThisState."""
    shipment = _locked(request.shipment_id)
    shipment.expect(request.expected_version)
    if shipment.state not in ("pending", "ready"):
        raise NotInThisState(shipment_id=shipment.id, state=shipment.state)
    shipment.hold(request.reason)
    return shipment


def release(shipment_id: ShipmentId, *, expected_version: int | None) -> Shipment:
    """Raises ShipmentNotFound, StaleShipment, NotInThisState."""
    shipment = _locked(shipment_id)
    shipment.expect(expected_version)
    if shipment.state != "on_hold":
        raise NotInThisState(shipment_id=shipment.id, state=shipment.state)
    shipment.release()
    if shipment.label == "none":
        services.prepare.later(shipment.id)
    return shipment


def choose(request: ChooseService) -> Shipment:
    """Raises ShipmentNotFound, StaleShipment, NotInThisState, AlreadyLabelled."""
    shipment = _locked(request.shipment_id)
    shipment.expect(request.expected_version)
    if shipment.label != "none":
        raise AlreadyLabelled(shipment_id=shipment.id)
    if shipment.state not in STILL_HERE:
        raise NotInThisState(shipment_id=shipment.id, state=shipment.state)
    shipment.choose(request.service)
    return shipment


def shipments() -> QuerySet[Shipment]:
    """All of them, with their lines."""
    return Shipment.objects.prefetch_related("lines")


def found(shipment_id: str) -> Shipment:
    """Raises ShipmentNotFound."""
    shipment = shipments().filter(id=shipment_id).first()
    if shipment is None:
        raise ShipmentNotFound(shipment_id=shipment_id)
    return shipment


def _locked(shipment_id: ShipmentId) -> Shipment:
    return Shipment.locked(found(shipment_id).id)


def _refuse_unless_here(shipment: Shipment) -> None:
    if shipment.has_left:
        raise AlreadyLeft(order_id=shipment.order_id, shipment_id=shipment.id)
    if shipment.state not in STILL_HERE:
        raise NotInThisState(shipment_id=shipment.id, state=shipment.state)
