"""What shipping announces."""

from modules.orders.contracts import OrderId
from modules.shipping.contracts import ShipmentId, ShipmentLine
from tearline.events import Event


class ShipmentPrepared(Event, topic="shipping.shipment_prepared.v1", aggregate="order_id"):
    """The carrier has given the parcel a label. It waits to be handed over."""

    order_id: OrderId
    shipment_id: ShipmentId
    carrier: str
    tracking_number: str


class ShipmentDispatched(Event, topic="shipping.shipment_dispatched.v1", aggregate="order_id"):
    """The parcel has left us: the carrier says that it moves. Once for each shipment."""

    order_id: OrderId
    shipment_id: ShipmentId
    carrier: str
    tracking_number: str
    lines: list[ShipmentLine]


class ShipmentDelivered(Event, topic="shipping.shipment_delivered.v1", aggregate="order_id"):
    """The parcel is where it was to go. Once for each shipment, after it was dispatched."""

    order_id: OrderId
    shipment_id: ShipmentId
    lines: list[ShipmentLine]


class ShipmentCancelled(Event, topic="shipping.shipment_cancelled.v1", aggregate="order_id"):
    """The parcel does not leave, for good: it has no label, or the carrier has taken it back."""

    order_id: OrderId
    shipment_id: ShipmentId
    lines: list[ShipmentLine]
    reason: str


class ReturnArrived(Event, topic="shipping.return_arrived.v1", aggregate="order_id"):
    """A parcel that the customer has sent back is here. Once for each shipment; the other events are about none."""

    order_id: OrderId
    shipment_id: ShipmentId
    lines: list[ShipmentLine]
