"""What inventory does when others announce something."""

from modules.inventory import services
from modules.inventory.contracts import StockLine
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
    services.take_off_the_shelf(event.order_id, lines, parcel=event.shipment_id, by="shipping")
