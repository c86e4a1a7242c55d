"""Payments over REST, to read. Money moves because orders say so, never by request from outside."""

from ninja import Query, Router
from pydantic import Field

from modules.orders.contracts import OrderId
from modules.payments import models, services
from modules.payments.contracts import Payment
from tearline.api import KeyedRequest, Page, PageAsked, Problem, key_with, paged

router = Router(tags=["payments"])
prefixes = ("/payments",)


class PaymentsAsked(PageAsked):
    """Which payments."""

    order_id: OrderId | None = Field(default=None, description="Only of this order.")


@router.get("/payments", auth=key_with("payments:read"), response=Page[Payment])
def list_payments(request: KeyedRequest, asked: Query[PaymentsAsked]) -> Page[Payment]:
    """Every attempt to take money, newest first."""
    return paged(services.payments(order_id=asked.order_id), asked, show=models.Payment.to_contract)


@router.get("/payments/{payment_id}", auth=key_with("payments:read"), response=Payment)
def get_payment(request: KeyedRequest, payment_id: str) -> Payment:
    """One attempt to take the money for an order."""
    payment = services.payments().filter(id=payment_id).first()
    if payment is None:
        raise Problem(404, "not_found", f"There is no payment {payment_id}.")
    return payment.to_contract()
