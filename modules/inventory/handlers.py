"""What inventory does when others announce something."""

from modules.inventory import services
from modules.inventory.contracts import FulfilReservation, StockLine
from modules.orders.events import OrderConfirmed
from modules.shipping.events import ShipmentDispatched
from tearline.events import on


@on(OrderConfirmed)
def commit_reservation(event: OrderConfirmed) -> None:
    services.commit(event.order_id, by="orders")


@on(ShipmentDispatched)
def take_off_the_shelf(event: ShipmentDispatched) -> None:
    """Refused, and tried again, while the order's confirmation is yet to be heard."""
    lines = [StockLine(sku=line.sku, quantity=line.quantity) for line in event.lines]
    parcel = FulfilReservation(order_id=event.order_id, reference=event.shipment_id, lines=lines)
    services.fulfil(parcel, by="shipping")
