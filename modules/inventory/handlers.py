"""What inventory does when others announce something."""

from modules.inventory import services
from modules.orders.events import OrderConfirmed
from tearline.events import on


@on(OrderConfirmed)
def commit_reservation(event: OrderConfirmed) -> None:
    services.commit(event.order_id, by="orders")
