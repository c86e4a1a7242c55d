"""The way to ask shipping for something."""

from typing import Protocol

from modules.orders.contracts import OrderId
from modules.shipping.contracts import (
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
from tearline.contracts import Version
from tearline.facades import command, facade_for, query


class Shipping(Protocol):
    """Knows what is on its way. Is never told to send: it hears that an order was confirmed.

    Unavailable means that the carrier did not answer. What was asked of it is carried through.
    """

    @command
    def stop(self, request: StopShipping, *, key: str) -> list[Shipment]:
        """See that nothing of the order leaves any more, even if its confirmation is yet to be heard.

        Answers all its shipments, cancelled now, their labels void. Raises AlreadyLeft, even if only the carrier knows
        that it has; then nothing is stopped.
        """
        ...

    @command(undoes=stop)
    def resume(self, *, key: str) -> None:
        """Take back what was stopped under this key: what of the order is in no parcel is packed anew."""
        ...

    @command
    def pack(self, request: PackShipment, *, key: str) -> Shipment:
        """Open another parcel of pieces that are in none. Raises NotThatManyLeft."""
        ...

    @command
    def split(self, request: SplitShipment, *, key: str) -> list[Shipment]:
        """Have several parcels instead of one that has not left; they are on hold if that was. Answers all there are.

        Raises ShipmentNotFound, DoesNotAddUp, StaleShipment, NotInThisState; AlreadyLeft, even if only the carrier
        knows that it has.
        """
        ...

    @command
    def cancel(self, request: CancelShipment, *, key: str) -> Shipment:
        """Keep one parcel here for good, its label voided. What is cancelled stays so.

        Raises ShipmentNotFound, StaleShipment; AlreadyLeft, even if only the carrier knows that it has.
        """
        ...

    @command
    def hold(self, request: HoldShipment, *, key: str) -> Shipment:
        """Keep one parcel here until it is released. Raises ShipmentNotFound, StaleShipment, NotInThisState."""
        ...

    @command
    def release(self, shipment_id: ShipmentId, *, expected_version: Version = None, key: str) -> Shipment:
        """Let a parcel on hold go on, to its label first if it has none.

        Raises ShipmentNotFound, StaleShipment, NotInThisState.
        """
        ...

    @command
    def choose(self, request: ChooseService, *, key: str) -> Shipment:
        """Have a label of this service bought.

        Raises ShipmentNotFound, StaleShipment, NotInThisState, AlreadyLabelled.
        """
        ...

    @command
    def open_return(self, request: OpenReturn, *, key: str) -> Shipment:
        """Have a label bought for what is to come back. Raises NotThatManySent."""
        ...

    @query
    def shipments_of(self, order_id: OrderId) -> list[Shipment]:
        """The order's shipments, oldest first. None yet, or no such order: an empty list."""
        ...


shipping: Shipping = facade_for(Shipping)
