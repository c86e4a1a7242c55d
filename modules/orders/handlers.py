"""What orders does when others announce something. What is only noted of it, `projections` says."""

from modules.orders import services
from modules.shipping.events import ShipmentDelivered
from tearline.events import on


@on(ShipmentDelivered)
def complete_what_has_arrived(event: ShipmentDelivered) -> None:
    services.complete_if_arrived(event.order_id, with_parcel=event.shipment_id)
