"""The way to ask shipping for something."""

from typing import Protocol

from modules.orders.contracts import OrderId
from modules.shipping.contracts import Shipment, StopShipping
from tearline.facades import command, facade_for, query


class Shipping(Protocol):
    """Knows what is on its way. Is never told to send: it hears that an order was confirmed."""

    @command
    def stop(self, request: StopShipping, *, key: str) -> list[Shipment]:
        """See that nothing of the order leaves any more, even if its confirmation is yet to be heard.

        Answers all its shipments, cancelled now; labels are given back to the carrier after that. Raises AlreadyLeft.
        """
        ...

    @command(undoes=stop)
    def resume(self, *, key: str) -> None:
        """Take back what was stopped under this key: what of the order is in no parcel is packed anew."""
        ...

    @query
    def shipments_of(self, order_id: OrderId) -> list[Shipment]:
        """The order's shipments, oldest first. None yet, or no such order: an empty list."""
        ...


shipping: Shipping = facade_for(Shipping)
