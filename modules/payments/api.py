"""Payments over REST, to read, and the door for the provider's webhooks.

Money moves because orders say so, never by request from outside.
"""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from modules.orders.contracts import OrderId
from modules.payments import models, reconciliation, services, webhooks
from modules.payments.adapters import NotFromProvider
from modules.payments.contracts import (
    Payment,
    PaymentIntent,
    PaymentNotFound,
    ReceivedEvent,
    ReceivedEventState,
    Reconciliation,
)
from tearline.api import AnyOf, CreatedAsked, KeyedRequest, Only, Page, PageAsked, Problem, key_with, paged
from tearline.contracts import Contract, Moment

router = Router(tags=["payments"])
prefixes = ("/payments",)


class PaymentsAsked(CreatedAsked, PageAsked):
    """Which payments."""

    order_id: Only[OrderId] = Field(default=None, description="Only of this order.")


class EventsAsked(PageAsked):
    """Which events."""

    state: AnyOf[ReceivedEventState] = Field(default=None, description="Only in one of these states.")


SIGNATURES = {
    "parameters": [
        {"in": "header", "name": name, "required": False, "schema": {"title": name, "type": "string"}}
        for name in ("Simulated-Signature", "Stripe-Signature")
    ]
}
"""The headers by which a provider signs, of which it sends its own. What is not declared does not pass a gateway."""


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class Span(BaseModel):
    """From when, and until when. Times have a zone."""

    model_config = ConfigDict(frozen=True)

    since: Moment = Field(
        default_factory=lambda: _midnight() - timedelta(days=1), description="By default the midnight before, UTC."
    )
    until: Moment = Field(default_factory=_midnight, description="Not included. By default this day's midnight, UTC.")


class Received(Contract):
    """A webhook arrived."""

    repeated: bool = Field(description="Whether it had arrived before, so that nothing more was done.")


@router.post("/payments/webhooks/{provider}", response=Received, auth=None, openapi_extra=SIGNATURES)
def receive_webhook(request: HttpRequest, provider: str) -> Received:
    """For the payment provider, whose signature of the raw body stands in for an API key."""
    try:
        fresh = webhooks.receive(provider, headers=request.headers, body=request.body)
    except webhooks.NotOurProvider as other:
        raise Problem(404, "not_found", f"No provider is called {provider} here.") from other
    except NotFromProvider as doubtful:
        raise Problem(400, "webhook_signature_invalid", str(doubtful)) from doubtful
    return Received(repeated=not fresh)


@router.get("/payments/webhooks", auth=key_with("payments:read"), response=Page[ReceivedEvent])
def list_webhooks(request: KeyedRequest, asked: Query[EventsAsked]) -> Page[ReceivedEvent]:
    """What the provider told us by itself, newest first."""
    return paged(request, webhooks.received(), asked, show=models.ProviderEvent.to_contract)


@router.get("/payments/reconciliation", auth=key_with("payments:read"), response=Reconciliation)
def get_reconciliation(request: KeyedRequest, span: Query[Span]) -> Reconciliation:
    """Our ledger beside the provider's statement, which is asked for anew. Keep the span short: a day, say."""
    return reconciliation.reconcile(span.since, span.until)


@router.get("/payments", auth=key_with("payments:read"), response=Page[Payment])
def list_payments(request: KeyedRequest, asked: Query[PaymentsAsked]) -> Page[Payment]:
    """Every attempt to take money, newest first."""
    return paged(request, services.payments(), asked, show=models.Payment.to_contract)


@router.get("/payments/{payment_id}", auth=key_with("payments:read"), response=Payment)
def get_payment(request: KeyedRequest, payment_id: str) -> Payment:
    """One attempt to take the money for an order."""
    return _found(payment_id).to_contract()


@router.get("/payments/{payment_id}/intent", auth=key_with("payments:read"), response=PaymentIntent)
def get_intent(request: KeyedRequest, payment_id: str) -> PaymentIntent | None:
    """All that was done to get the order of this payment paid: attempts, refunds, disputes."""
    return services.intent_of(OrderId(_found(payment_id).order_id))


def _found(payment_id: str) -> models.Payment:
    """Raises PaymentNotFound."""
    payment = services.payments().filter(id=payment_id).first()
    if payment is None:
        raise PaymentNotFound(payment_id=payment_id)
    return payment
