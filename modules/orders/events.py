"""What orders announces. Ids, amounts and reasons only: who the customer is, ask the facade."""

from pydantic import Field

from modules.catalog.contracts import Sku
from modules.orders.contracts import Failure, OrderId, ReturnId
from tearline.contracts import Contract, Money
from tearline.events import Event


class OrderedLine(Contract):
    """So many of one SKU."""

    sku: Sku
    quantity: int


class OrderPlaced(Event, topic="orders.order_placed.v1", aggregate="order_id"):
    """A customer wants this. Nothing is set aside or charged yet."""

    order_id: OrderId
    total: Money


class OrderConfirmed(Event, topic="orders.order_confirmed.v1", aggregate="order_id"):
    """The stock is set aside, the money is taken: the order stands."""

    order_id: OrderId
    total: Money
    lines: list[OrderedLine]


class OrderCancelled(Event, topic="orders.order_cancelled.v1", aggregate="order_id"):
    """The order does not stand, and whatever was done for it has been undone; if it was confirmed, is being undone."""

    order_id: OrderId
    reason: Failure
    total: Money | None = Field(default=None, description="What it would have cost.")


class OrderExpired(Event, topic="orders.order_expired.v1", aggregate="order_id"):
    """The order was not paid in time. It does not stand, and whatever was done for it has been undone."""

    order_id: OrderId
    reason: Failure


class OrderCompleted(Event, topic="orders.order_completed.v1", aggregate="order_id"):
    """All of the order has arrived."""

    order_id: OrderId


class ReturnRequested(Event, topic="orders.return_requested.v1", aggregate="order_id"):
    """A customer wants to send this back. Nothing was agreed to yet."""

    order_id: OrderId
    return_id: ReturnId
    lines: list[OrderedLine]


class ReturnRefunded(Event, topic="orders.return_refunded.v1", aggregate="order_id"):
    """The goods came back, and what was paid for them is given back."""

    order_id: OrderId
    return_id: ReturnId
    amount: Money
