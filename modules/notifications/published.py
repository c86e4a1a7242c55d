"""Which events of the shop are told to those who integrate, under which type, and what of them.

Only what is named here leaves: ids and amounts. Whoever wants to know more asks the API, with a key that may.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from modules.inventory.events import StockLow, StockRanOut, StockSoldOut
from modules.orders.events import (
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderExpired,
    OrderPlaced,
    ReturnRefunded,
    ReturnRequested,
)
from modules.payments.events import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
)
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched, ShipmentPrepared
from tearline.events import Event

TEST = "webhook.test"
"""What is sent on demand, and of which nothing is true."""


@dataclass(frozen=True)
class Published:
    """`fields`: what is told of the event; a dot leads into a field."""

    event: type[Event]
    type: str
    fields: tuple[str, ...]


TABLE = (
    Published(OrderPlaced, "order.placed", ("order_id", "total")),
    Published(OrderConfirmed, "order.confirmed", ("order_id", "total", "lines")),
    Published(OrderCancelled, "order.cancelled", ("order_id", "reason.code")),  # the sentence may name somebody
    Published(OrderExpired, "order.expired", ("order_id", "reason.code")),
    Published(OrderCompleted, "order.completed", ("order_id",)),
    Published(ReturnRequested, "return.requested", ("return_id", "order_id", "lines")),
    Published(ReturnRefunded, "return.refunded", ("return_id", "order_id", "amount")),
    Published(PaymentAuthorized, "payment.authorized", ("payment_id", "order_id", "amount")),
    Published(PaymentCaptured, "payment.captured", ("payment_id", "order_id", "amount")),
    Published(PaymentRefunded, "payment.refunded", ("payment_id", "order_id", "amount")),
    Published(PaymentFailed, "payment.failed", ("payment_id", "order_id")),
    Published(PaymentDisputed, "payment.disputed", ("payment_id", "order_id", "amount", "dispute", "state")),
    Published(ShipmentPrepared, "shipment.prepared", ("shipment_id", "order_id", "carrier")),
    Published(ShipmentDispatched, "shipment.dispatched", ("shipment_id", "order_id", "carrier", "lines")),
    Published(ShipmentDelivered, "shipment.delivered", ("shipment_id", "order_id", "lines")),
    Published(ShipmentCancelled, "shipment.cancelled", ("shipment_id", "order_id", "lines")),
    Published(StockRanOut, "stock.ran_out", ("sku", "order_id", "missing")),
    Published(StockLow, "stock.low", ("sku", "location", "available", "reorder_point")),
    Published(StockSoldOut, "stock.sold_out", ("sku", "location")),
)

TYPES = (*(each.type for each in TABLE), TEST)

_BY_EVENT = {each.event: each for each in TABLE}


def told(event: Event) -> tuple[str, str]:
    """Its type, and the payload: `type`, `timestamp` and `data`, as the Standard Webhooks specification has it."""
    published = _BY_EVENT[type(event)]
    whole = event.model_dump(mode="json")
    data = dict(_picked(whole, field) for field in published.fields)
    return published.type, payload(published.type, event.occurred_at, data)


def payload(webhook_type: str, at: datetime, data: dict[str, Any]) -> str:
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": webhook_type, "timestamp": timestamp, "data": data}, separators=(",", ":"))


def _picked(whole: dict[str, Any], field: str) -> tuple[str, Any]:
    name, _, inner = field.partition(".")
    return name, {inner: whole[name][inner]} if inner else whole[name]
