"""What notifications does when others announce something."""

from django.conf import settings

from modules.inventory.events import StockRanOut
from modules.notifications import published, services, webhooks
from modules.notifications.contracts import Channel
from modules.orders.events import OrderCancelled, OrderConfirmed, OrderExpired, ReturnRefunded
from modules.shipping.events import ShipmentDispatched, ShipmentPrepared
from tearline.events import on


@on(OrderConfirmed)
def queue_a_confirmation(event: OrderConfirmed) -> None:
    services.queue("confirmation", event_id=event.id, order_id=event.order_id)
    webhooks.announce(event)


@on(OrderCancelled)
def queue_a_cancellation(event: OrderCancelled) -> None:
    services.queue("cancellation", event_id=event.id, order_id=event.order_id, reason=event.reason.detail)
    webhooks.announce(event)


@on(OrderExpired)
def queue_an_expiry_notice(event: OrderExpired) -> None:
    services.queue("expired", event_id=event.id, order_id=event.order_id, reason=event.reason.detail)
    webhooks.announce(event)


@on(ShipmentPrepared)
def queue_a_shipment_notice(event: ShipmentPrepared) -> None:
    services.queue(
        "shipment",
        event_id=event.id,
        order_id=event.order_id,
        carrier=event.carrier,
        tracking_number=event.tracking_number,
    )
    webhooks.announce(event)


@on(ShipmentDispatched)
def queue_a_dispatch_notice(event: ShipmentDispatched) -> None:
    services.queue(
        "dispatched",
        event_id=event.id,
        order_id=event.order_id,
        carrier=event.carrier,
        tracking_number=event.tracking_number,
    )
    webhooks.announce(event)


@on(ReturnRefunded)
def queue_a_refund_notice(event: ReturnRefunded) -> None:
    given_back = event.amount
    services.queue(
        "refund",
        event_id=event.id,
        order_id=event.order_id,
        amount=given_back.amount,
        currency=given_back.currency,
    )
    webhooks.announce(event)


@on(StockRanOut)
def queue_a_warning_to_the_staff(event: StockRanOut) -> None:
    """By e-mail, and to a phone if there is one for this."""
    channels: list[Channel] = ["email", "sms"] if settings.SHOP_STAFF_PHONE else ["email"]
    for channel in channels:
        services.queue(
            "stock_ran_out",
            event_id=event.id,
            order_id=event.order_id,
            channel=channel,
            sku=event.sku,
            missing=event.missing,
        )
    webhooks.announce(event)


WITH_A_LETTER = {
    OrderConfirmed,
    OrderCancelled,
    OrderExpired,
    ShipmentPrepared,
    ShipmentDispatched,
    ReturnRefunded,
    StockRanOut,
}

for each in published.TABLE:
    if each.event not in WITH_A_LETTER:
        on(each.event, name=f"notifications.tell_of_{each.type.replace('.', '_')}")(webhooks.announce)
