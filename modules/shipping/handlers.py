"""What shipping does when others announce something."""

from modules.orders.events import OrderConfirmed
from modules.shipping import services
from modules.shipping.contracts import ShipmentLine
from tearline.events import on


@on(OrderConfirmed)
def open_a_shipment(event: OrderConfirmed) -> None:
    lines = [ShipmentLine(sku=line.sku, quantity=line.quantity) for line in event.lines]
    services.open_shipment(event.order_id, lines)
