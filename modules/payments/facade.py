"""The way to ask payments for something."""

from datetime import datetime
from typing import Protocol

from modules.orders.contracts import OrderId
from modules.payments.contracts import (
    AuthorizePayment,
    CapturePayment,
    Payment,
    PaymentIntent,
    Reconciliation,
    Refund,
    RefundPayment,
)
from tearline.facades import command, facade_for, query


class Payments(Protocol):
    """Holds money, takes it, gives it back. Never decides what is owed.

    Unavailable means that nobody knows whether money moved: ask again under the same key, or undo it.
    """

    @command
    def authorize(self, request: AuthorizePayment, *, key: str) -> Payment:
        """Hold the money. Raises PaymentDeclined, and AlreadyBeingPaid while the order has another live payment."""
        ...

    @command(undoes=authorize)
    def void(self, *, key: str) -> None:
        """Let go of what is, or may yet be, held under this key. What was captured of it stays so until refunded."""
        ...

    @command
    def capture(self, request: CapturePayment, *, key: str) -> Payment:
        """Take money that is held for the order, the rest stays held. Raises NothingToCapture, PaymentDeclined."""
        ...

    @command(undoes=capture)
    def refund(self, *, key: str) -> None:
        """Give back what was, or may yet be, captured under this key. What was given back before stays so."""
        ...

    @command
    def refund_part(self, request: RefundPayment, *, key: str) -> Refund:
        """Give back this much, out of the oldest capture first. Still processing: the provider takes its time.

        Raises NothingToRefund, CaptureUndecided, RefundFailed. Once asked for it is carried through, and not undone.
        """
        ...

    @query
    def payment_of(self, order_id: OrderId) -> Payment | None:
        """The order's latest payment. None yet, or no such order: None."""
        ...

    @query
    def intent_of(self, order_id: OrderId) -> PaymentIntent | None:
        """All that was done to get the order paid. Nothing yet, or no such order: None."""
        ...

    @query
    def reconcile(self, since: datetime, until: datetime) -> Reconciliation:
        """Compare our ledger with the provider's statement for [since, until). Asks the provider; changes nothing."""
        ...


payments: Payments = facade_for(Payments)
