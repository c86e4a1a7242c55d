"""Shipments over REST: what goes where, what the people who pack it may do, and the door for the carrier's webhooks.

An order's first shipment comes about when the order is confirmed, never by request.
"""

from contextlib import AbstractContextManager
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from modules.orders.contracts import OrderId
from modules.shipping import contracts, parcels, services, webhooks
from modules.shipping.adapters import NotFromCarrier
from modules.shipping.contracts import (
    CancelShipment,
    CarrierEventState,
    ChooseService,
    Direction,
    HoldShipment,
    OpenReturn,
    PackShipment,
    Rate,
    ShipmentState,
    SplitShipment,
    StaleShipment,
    TrackingEvent,
)
from modules.shipping.models import CarrierEvent, Shipment
from tearline.api import (
    AnyOf,
    CreatedAsked,
    IdempotencyKey,
    IfMatch,
    KeyedRequest,
    Only,
    Page,
    PageAsked,
    Problem,
    answered,
    as_seen,
    expected,
    key_with,
    paged,
    tagged,
)
from tearline.contracts import Contract
from tearline.facades import perform

router = Router(tags=["shipping"])
prefixes = ("/shipments",)


class ShipmentsAsked(CreatedAsked, PageAsked):
    """Which shipments."""

    order_id: Only[OrderId] = Field(default=None, description="Only of this order.")
    state: AnyOf[ShipmentState] = Field(default=None, description="Only in one of these states.")
    direction: Only[Direction] = Field(default=None, description="Only to the customer, or only back.")


class Because(Contract):
    """Why it stays here."""

    reason: contracts.Reason = Field(description="No personal data.", examples=["the address looks wrong"])


class Parts(Contract):
    """What is to be in which parcel. Together they have what the shipment has."""

    parcels: list[contracts.Lines] = Field(min_length=2, max_length=20)


class Chosen(Contract):
    """One of the carrier's services."""

    service: contracts.Service = Field(examples=["express"])


class EventsAsked(PageAsked):
    """Which events."""

    state: AnyOf[CarrierEventState] = Field(default=None, description="Only in one of these states.")


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
    return paged(request, webhooks.received(), asked, show=CarrierEvent.to_contract)


@router.post("/shipments/returns", auth=key_with("shipping:write"), response={201: contracts.Shipment})
def open_return(
    request: KeyedRequest, response: HttpResponse, wanted: OpenReturn, idempotency_key: IdempotencyKey
) -> Status[contracts.Shipment]:
    """Have a label made for pieces of an order that have left, and are to come back."""
    return Status(201, _told(request, response, idempotency_key, "open_return", {"request": wanted}))


@router.get("/shipments", auth=key_with("shipping:read"), response=Page[contracts.Shipment])
def list_shipments(request: KeyedRequest, asked: Query[ShipmentsAsked]) -> Page[contracts.Shipment]:
    """What was sent or is about to be, and what comes back, newest first."""
    return paged(request, parcels.shipments(), asked, show=Shipment.to_contract)


@router.post("/shipments", auth=key_with("shipping:write"), response={201: contracts.Shipment})
def pack_shipment(
    request: KeyedRequest, response: HttpResponse, wanted: PackShipment, idempotency_key: IdempotencyKey
) -> Status[contracts.Shipment]:
    """Open another parcel, of pieces of a confirmed order that are in none."""
    return Status(201, _told(request, response, idempotency_key, "pack", {"request": wanted}))


@router.get("/shipments/{shipment_id}", auth=key_with("shipping:read"), response=contracts.Shipment)
def get_shipment(request: KeyedRequest, response: HttpResponse, shipment_id: str) -> contracts.Shipment:
    """One shipment with its lines."""
    shipment = parcels.found(shipment_id).to_contract()
    tagged(shipment, response)
    return shipment


@router.get("/shipments/{shipment_id}/tracking", auth=key_with("shipping:read"), response=list[TrackingEvent])
def get_tracking(request: KeyedRequest, shipment_id: str) -> list[TrackingEvent]:
    """All that the carrier has seen of it, in the order in which it happened."""
    return [entry.to_contract() for entry in parcels.found(shipment_id).history.order_by("at", "id")]


@router.get("/shipments/{shipment_id}/rates", auth=key_with("shipping:read"), response=list[Rate])
def get_rates(request: KeyedRequest, shipment_id: str) -> tuple[Rate, ...]:
    """What the carrier takes for it, by which service, the cheapest first. The carrier is asked anew."""
    return services.rates(parcels.found(shipment_id))


@router.post("/shipments/{shipment_id}/service", auth=key_with("shipping:write"), response=contracts.Shipment)
def choose_service(
    request: KeyedRequest,
    response: HttpResponse,
    shipment_id: str,
    chosen: Chosen,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Choose by which service it goes. It has no label yet: hold it first, or pack it with the service."""
    seen = expected(if_match)
    asked = ChooseService(shipment_id=parcels.found(shipment_id).id, service=chosen.service, expected_version=seen)
    return _matched(request, response, idempotency_key, "choose", {"request": asked}, if_match, shipment_id=shipment_id)


@router.post("/shipments/{shipment_id}/split", auth=key_with("shipping:write"), response=list[contracts.Shipment])
def split_shipment(
    request: KeyedRequest,
    response: HttpResponse,
    shipment_id: str,
    parts: Parts,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Have several parcels instead of one that has not left. All of the order's shipments."""
    seen = expected(if_match)
    asked = SplitShipment(shipment_id=parcels.found(shipment_id).id, parcels=parts.parcels, expected_version=seen)
    with _as_seen(shipment_id, if_match):
        return _told(request, response, idempotency_key, "split", {"request": asked})


@router.post("/shipments/{shipment_id}/cancel", auth=key_with("shipping:write"), response=contracts.Shipment)
def cancel_shipment(
    request: KeyedRequest,
    response: HttpResponse,
    shipment_id: str,
    why: Because,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Keep it here for good, its label voided. Its pieces may be packed anew."""
    seen = expected(if_match)
    asked = CancelShipment(shipment_id=parcels.found(shipment_id).id, reason=why.reason, expected_version=seen)
    return _matched(request, response, idempotency_key, "cancel", {"request": asked}, if_match, shipment_id=shipment_id)


@router.post("/shipments/{shipment_id}/hold", auth=key_with("shipping:write"), response=contracts.Shipment)
def hold_shipment(
    request: KeyedRequest,
    response: HttpResponse,
    shipment_id: str,
    why: Because,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Keep it here until it is released."""
    seen = expected(if_match)
    asked = HoldShipment(shipment_id=parcels.found(shipment_id).id, reason=why.reason, expected_version=seen)
    return _matched(request, response, idempotency_key, "hold", {"request": asked}, if_match, shipment_id=shipment_id)


@router.post("/shipments/{shipment_id}/release", auth=key_with("shipping:write"), response=contracts.Shipment)
def release_shipment(
    request: KeyedRequest,
    response: HttpResponse,
    shipment_id: str,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Let it go on."""
    asked = {"shipment_id": parcels.found(shipment_id).id, "expected_version": expected(if_match)}
    return _matched(request, response, idempotency_key, "release", asked, if_match, shipment_id=shipment_id)


def _told(request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: dict[str, Any]) -> Any:
    """What came of one of our commands."""
    outcome = perform("shipping", operation, asked, caller=request.auth.caller, key=key, join=False)
    return answered(outcome, response)


def _as_seen(shipment_id: str, if_match: str | None) -> AbstractContextManager[None]:
    return as_seen(if_match, stale=StaleShipment, now=lambda: parcels.found(shipment_id).to_contract())


def _matched(
    request: KeyedRequest,
    response: HttpResponse,
    key: str,
    operation: str,
    asked: dict[str, Any],
    if_match: str | None,
    *,
    shipment_id: str,
) -> contracts.Shipment:
    """What came of a command on one shipment, with its ETag."""
    with _as_seen(shipment_id, if_match):
        shipment: contracts.Shipment = _told(request, response, key, operation, asked)
    tagged(shipment, response)
    return shipment
