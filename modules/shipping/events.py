"""What shipping announces."""

from modules.orders.contracts import OrderId
from modules.shipping.contracts import ShipmentId
from tearline.events import Event


class ShipmentPrepared(Event, topic="shipping.shipment_prepared.v1", aggregate="order_id"):
    """The carrier has given the parcel a label. It waits to be handed over."""

    order_id: OrderId
    shipment_id: ShipmentId
    carrier: str
    tracking_number: str
