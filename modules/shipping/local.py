"""Shipping's facade, kept by its own rows."""

from modules.orders.contracts import OrderId
from modules.shipping import stopping
from modules.shipping.contracts import Shipment, StopShipping
from modules.shipping.facade import Shipping
from modules.shipping.models import Consignment


class LocalShipping(Shipping):
    """Contracts in, contracts out; the rows stay here."""

    def stop(self, request: StopShipping, *, key: str) -> list[Shipment]:
        return stopping.stop(request, key=key)

    def resume(self, *, key: str) -> None:
        stopping.resume(key=key)

    def shipments_of(self, order_id: OrderId) -> list[Shipment]:
        return [shipment.to_contract() for shipment in Consignment(order_id=order_id).shipments()]
