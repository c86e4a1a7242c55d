"""The way to ask shipping for something."""

from typing import Protocol

from modules.orders.contracts import OrderId
from modules.shipping.contracts import Shipment
from tearline.facades import facade_for, query


class Shipping(Protocol):
    """Knows what is on its way. Is never told to send: it hears that an order was confirmed."""

    @query
    def shipments_of(self, order_id: OrderId) -> list[Shipment]:
        """The order's shipments, oldest first. None yet, or no such order: an empty list."""
        ...


shipping: Shipping = facade_for(Shipping)
