"""Shipping's facade, kept by its own rows.

A command that takes a label back has three acts: commit that it is wanted, ask the carrier with no transaction open,
commit what it says.
"""

from functools import partial

from modules.orders.contracts import OrderId
from modules.shipping import models, parcels, services, stopping
from modules.shipping.contracts import (
    AlreadyLeft,
    CancelShipment,
    ChooseService,
    HoldShipment,
    OpenReturn,
    PackShipment,
    Shipment,
    ShipmentId,
    SplitShipment,
    StopShipping,
)
from modules.shipping.facade import Shipping
from tearline.contracts import Version
from tearline.facades import Acts, three_acts


class LocalShipping(Shipping):
    """Contracts in, contracts out; the rows stay here."""

    @three_acts
    def stop(self, request: StopShipping, *, key: str) -> Acts[list[Shipment]]:
        for shipment_id in stopping.stop(request, key=key):
            is_void = yield partial(services.void, shipment_id)
            services.book_voiding(shipment_id, is_void)
        if left := stopping.what_has_left(request.order_id):
            if stopping.resume(key=key):
                yield _nothing_more
            raise AlreadyLeft(order_id=request.order_id, shipment_id=left)
        return self.shipments_of(request.order_id)

    def resume(self, *, key: str) -> None:
        stopping.resume(key=key)

    def pack(self, request: PackShipment, *, key: str) -> Shipment:
        return parcels.pack(request).to_contract()

    @three_acts
    def split(self, request: SplitShipment, *, key: str) -> Acts[list[Shipment]]:
        shipment = yield from _label_given_back(parcels.split(request))
        return self.shipments_of(shipment.order_id)

    @three_acts
    def cancel(self, request: CancelShipment, *, key: str) -> Acts[Shipment]:
        shipment = yield from _label_given_back(parcels.cancel(request))
        return shipment.to_contract()

    def hold(self, request: HoldShipment, *, key: str) -> Shipment:
        return parcels.hold(request).to_contract()

    def release(self, shipment_id: ShipmentId, *, expected_version: Version = None, key: str) -> Shipment:
        return parcels.release(shipment_id, expected_version=expected_version).to_contract()

    def choose(self, request: ChooseService, *, key: str) -> Shipment:
        return parcels.choose(request).to_contract()

    def open_return(self, request: OpenReturn, *, key: str) -> Shipment:
        return parcels.open_return(request).to_contract()

    def shipments_of(self, order_id: OrderId) -> list[Shipment]:
        return [shipment.to_contract() for shipment in models.Consignment(order_id=order_id).shipments()]


def _label_given_back(shipment: models.Shipment) -> Acts[models.Shipment]:
    """Of a cancelled shipment. Raises AlreadyLeft if the carrier has used it: then it is on its way, and stays so."""
    if shipment.label == "voiding":
        is_void = yield partial(services.void, shipment.id)
        shipment = services.book_voiding(shipment.id, is_void)
        if shipment.has_left:
            yield _nothing_more
            raise AlreadyLeft(order_id=shipment.order_id, shipment_id=shipment.id)
    return shipment


def _nothing_more() -> None:
    """Asked so that the act before it commits: a refusal takes back what its own act has written, and no more."""
