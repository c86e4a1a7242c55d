"""Shipping's facade, kept by its own rows."""

from modules.orders.contracts import OrderId
from modules.shipping import contracts
from modules.shipping.facade import Shipping
from modules.shipping.models import Shipment


class LocalShipping(Shipping):
    def shipments_of(self, order_id: OrderId) -> list[contracts.Shipment]:
        found = Shipment.objects.filter(order_id=order_id).prefetch_related("lines").order_by("id")
        return [shipment.to_contract() for shipment in found]
