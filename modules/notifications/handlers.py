"""What notifications does when others announce something."""

from modules.inventory.events import StockRanOut
from modules.notifications import services
from modules.orders.events import OrderCancelled, OrderConfirmed
from modules.shipping.events import ShipmentPrepared
from tearline.events import on


@on(OrderConfirmed)
def queue_a_confirmation(event: OrderConfirmed) -> None:
    services.queue("confirmation", event_id=event.id, order_id=event.order_id)


@on(OrderCancelled)
def queue_a_cancellation(event: OrderCancelled) -> None:
    services.queue("cancellation", event_id=event.id, order_id=event.order_id, reason=event.reason.detail)


@on(ShipmentPrepared)
def queue_a_shipment_notice(event: ShipmentPrepared) -> None:
    services.queue(
        "shipment",
        event_id=event.id,
        order_id=event.order_id,
        carrier=event.carrier,
        tracking_number=event.tracking_number,
    )


@on(StockRanOut)
def queue_a_warning_to_the_staff(event: StockRanOut) -> None:
    services.queue("stock_ran_out", event_id=event.id, order_id=event.order_id, sku=event.sku, missing=event.missing)
