"""What payments announces: ids, amounts and reasons. Each is told once, with the booking of what it tells of."""

from typing import Literal

from modules.orders.contracts import OrderId
from modules.payments.contracts import PaymentId
from tearline.contracts import Money
from tearline.events import Event


class PaymentAuthorized(Event, topic="payments.payment_authorized.v1", aggregate="order_id"):
    """So much is held for the order."""

    payment_id: PaymentId
    order_id: OrderId
    amount: Money


class PaymentCaptured(Event, topic="payments.payment_captured.v1", aggregate="order_id"):
    """So much was taken, besides what was taken before."""

    payment_id: PaymentId
    order_id: OrderId
    amount: Money


class PaymentRefunded(Event, topic="payments.payment_refunded.v1", aggregate="order_id"):
    """So much was given back, besides what was given back before."""

    payment_id: PaymentId
    order_id: OrderId
    amount: Money


class PaymentFailed(Event, topic="payments.payment_failed.v1", aggregate="order_id"):
    """The provider declined to hold the money."""

    payment_id: PaymentId
    order_id: OrderId
    reason: str


class PaymentDisputed(Event, topic="payments.payment_disputed.v1", aggregate="order_id"):
    """A chargeback was opened, and the amount taken back; or won, and it is ours again; or lost, and it is gone."""

    payment_id: PaymentId
    order_id: OrderId
    dispute: str
    state: Literal["open", "won", "lost"]
    amount: Money
    reason: str
