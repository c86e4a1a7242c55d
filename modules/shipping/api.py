"""Shipments over REST, to read. They come about by confirmed orders, never by request."""

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from modules.orders.contracts import OrderId
from modules.shipping import contracts, webhooks
from modules.shipping.adapters import NotFromCarrier
from modules.shipping.contracts import CarrierEventState
from modules.shipping.models import CarrierEvent, Shipment
from tearline.api import KeyedRequest, Page, PageAsked, Problem, key_with, paged
from tearline.contracts import Contract

router = Router(tags=["shipping"])
prefixes = ("/shipments",)


class ShipmentsAsked(PageAsked):
    """Which shipments."""

    order_id: OrderId | None = Field(default=None, description="Only of this order.")


class EventsAsked(PageAsked):
    """Which events."""

    state: CarrierEventState | None = Field(default=None, description="Only in this state.")


class WebhookTaken(Contract):
    """A webhook arrived."""

    repeated: bool = Field(description="Whether it had arrived before, so that nothing more was done.")


SIGNATURE = {
    "parameters": [
        {
            "in": "header",
            "name": "X-Hmac-Signature",
            "required": False,
            "schema": {"title": "X-Hmac-Signature", "type": "string"},
        }
    ]
}
"""The header by which a carrier signs. What is not declared does not pass a gateway."""


@router.post("/shipments/webhooks/{carrier}", response=WebhookTaken, auth=None, openapi_extra=SIGNATURE)
def receive_webhook(request: HttpRequest, carrier: str) -> WebhookTaken:
    """For the carrier, whose signature of the raw body stands in for an API key."""
    try:
        is_new = webhooks.receive(carrier, headers=request.headers, body=request.body)
    except webhooks.NotOurCarrier as other:
        raise Problem(404, "not_found", f"No carrier is called {carrier} here.") from other
    except NotFromCarrier as doubtful:
        raise Problem(400, "webhook_signature_invalid", str(doubtful)) from doubtful
    return WebhookTaken(repeated=not is_new)


@router.get("/shipments/webhooks", auth=key_with("shipping:read"), response=Page[contracts.CarrierEvent])
def list_webhooks(request: KeyedRequest, asked: Query[EventsAsked]) -> Page[contracts.CarrierEvent]:
    """What the carrier told us by itself, newest first."""
    return paged(webhooks.received(state=asked.state), asked, show=CarrierEvent.to_contract)


@router.get("/shipments", auth=key_with("shipping:read"), response=Page[contracts.Shipment])
def list_shipments(request: HttpRequest, asked: Query[ShipmentsAsked]) -> Page[contracts.Shipment]:
    """What was sent or is about to be, newest first."""
    rows = Shipment.objects.prefetch_related("lines")
    if asked.order_id:
        rows = rows.filter(order_id=asked.order_id)
    return paged(rows, asked, show=Shipment.to_contract)


@router.get("/shipments/{shipment_id}", auth=key_with("shipping:read"), response=contracts.Shipment)
def get_shipment(request: HttpRequest, shipment_id: str) -> contracts.Shipment:
    """One shipment with its lines."""
    found = Shipment.objects.filter(id=shipment_id).first()
    if found is None:
        raise Problem(404, "not_found", f"There is no shipment {shipment_id}.")
    return found.to_contract()
