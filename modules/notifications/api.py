"""Notifications over REST: who was told what, who wants no letters, and who is told by webhooks.

Letters come about by events, never by request. Of what was sent before, a copy can be asked for.
"""

from typing import Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field, model_validator

from modules.notifications import contracts, preview, published, recipients, services, webhooks
from modules.notifications.adapters import mail
from modules.notifications.contracts import (
    Address,
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    DeliveryState,
    Description,
    KnownRecipient,
    LiftSuppression,
    NameWebhookEndpoint,
    NotificationNotFound,
    Preference,
    ReplayWebhook,
    ReplayWebhooks,
    ResendNotification,
    RotateWebhookSecret,
    SetPreference,
    StaleWebhookEndpoint,
    SuppressAddress,
    Suppression,
    Url,
    WebhookDelivery,
    WebhookDeliveryLog,
    WebhookDeliveryNotFound,
    WebhookEndpoint,
    WebhookEndpointNotFound,
    WebhookEndpointRemoved,
    WebhookEndpointSecret,
    WebhooksReplayed,
    WebhookType,
)
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
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
from tearline.contracts import Contract, Moment, flaw_at
from tearline.facades import perform

router = Router(tags=["notifications"])
prefixes = ("/notifications", "/webhooks")

READ, WRITE = key_with("notifications:read"), key_with("notifications:write")
WEBHOOKS_READ, WEBHOOKS_WRITE = key_with("webhooks:read"), key_with("webhooks:write")

SIGNATURES = {
    "parameters": [
        {"in": "header", "name": name, "required": False, "schema": {"title": name, "type": "string"}}
        for name in (
            "Mailtrap-Signature",
            "Signature",
            "Svix-Id",
            "Svix-Signature",
            "Svix-Timestamp",
            "X-Mandrill-Signature",
            "X-Postal-Signature",
            "X-Twilio-Email-Event-Webhook-Signature",
            "X-Twilio-Email-Event-Webhook-Timestamp",
        )
    ]
}
"""The headers by which mail providers sign, of which each sends its own. What is not declared passes no gateway."""


class NotificationsAsked(CreatedAsked, PageAsked):
    """Which notifications."""

    order_id: Only[OrderId] = Field(default=None, description="Only of this order.")
    state: AnyOf[contracts.NotificationState] = Field(default=None, description="Only in one of these states.")


class Addressed(Contract):
    """Whom it is about. In a body, as what is in a URL is kept by whoever keeps a log."""

    address: Address = Field(examples=["ada@example.com"])


class DeliveriesAsked(CreatedAsked, PageAsked):
    """Which deliveries."""

    endpoint_id: Only[contracts.WebhookEndpointId] = Field(default=None, description="Only to this endpoint.")
    state: AnyOf[DeliveryState] = Field(default=None, description="Only in one of these states.")


class EndpointChange(Contract):
    """What is to be different about the endpoint in the path. Null: as it is."""

    url: Url | None = None
    types: list[WebhookType] | None = Field(default=None, max_length=50, description="Empty: everything.")
    description: Description | None = None
    enabled: bool | None = Field(default=None, strict=True)


class Overlap(Contract):
    """For how long the old secret signs, too."""

    overlap_hours: int = Field(default=24, ge=0, le=168, strict=True)


class Within(Contract):
    """From when, and until when. Times have a zone."""

    since: Moment
    until: Moment = Field(description="Not included.")
    delivered_too: bool = Field(default=False, strict=True, description="Also what had arrived there.")

    @model_validator(mode="after")
    def is_a_span(self) -> Self:
        if self.since > self.until:
            raise flaw_at("until", says="`until` is not before `since`")
        return self


class WebhookTypes(Contract):
    """What endpoints may be told of."""

    data: list[str] = Field(examples=[["order.confirmed"]])


def _told(
    request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: Contract, **more: object
) -> Any:
    """The answer of one of our commands."""
    arguments = {"request": asked, **more}
    outcome = perform("notifications", operation, arguments, caller=request.auth.caller, key=key, join=False)
    return answered(outcome, response)


# Notifications


@router.get("/notifications", auth=READ, response=Page[contracts.Notification])
def list_notifications(request: HttpRequest, asked: Query[NotificationsAsked]) -> Page[contracts.Notification]:
    """Who was told what, newest first."""
    return paged(request, Notification.objects.all(), asked, show=Notification.to_contract)


@router.get("/notifications/suppressions", auth=READ, response=Page[Suppression])
def list_suppressions(request: HttpRequest, asked: Query[PageAsked]) -> Page[Suppression]:
    """To which addresses nothing is sent, newest first."""
    return paged(request, recipients.suppressions(), asked, show=lambda found: found.to_contract())


@router.post("/notifications/suppressions", auth=WRITE, response={201: Suppression})
def suppress(
    request: KeyedRequest, response: HttpResponse, address: SuppressAddress, idempotency_key: IdempotencyKey
) -> Status[Suppression]:
    """Send nothing to an address any more."""
    return Status(201, _told(request, response, idempotency_key, "suppress", address))


@router.delete("/notifications/suppressions/{suppression_id}", auth=WRITE, response=Suppression)
def lift_suppression(
    request: KeyedRequest,
    response: HttpResponse,
    suppression_id: contracts.SuppressionId,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Send to it again."""
    named = LiftSuppression(suppression_id=suppression_id)
    return _told(request, response, idempotency_key, "lift_suppression", named)


@router.post("/notifications/recipients/lookup", auth=READ, response=KnownRecipient)
def look_up_recipient(request: HttpRequest, addressed: Addressed) -> KnownRecipient:
    """What is known of an address: whether anything is sent to it, and which letters it wants. Changes nothing."""
    return recipients.known(addressed.address)


@router.put("/notifications/preferences", auth=WRITE, response=Preference)
def prefer(
    request: KeyedRequest, response: HttpResponse, preference: SetPreference, idempotency_key: IdempotencyKey
) -> Any:
    """Say whether an address wants letters of one template."""
    return _told(request, response, idempotency_key, "prefer", preference)


@router.post("/notifications/tracking/{provider}", auth=None, openapi_extra=SIGNATURES, response={204: None})
def track(request: HttpRequest, provider: str) -> Status[None]:
    """For the mail provider, who tells what became of letters. What it signs by stands in for an API key."""
    try:
        news = mail.tracked(provider, request)
    except mail.NotOurProvider as other:
        raise Problem(404, "not_found", f"No mail provider is called {provider} here.") from other
    except mail.NotFromProvider as doubtful:
        raise Problem(400, "webhook_signature_invalid", str(doubtful)) from doubtful
    for each in news:
        services.hear_back(each)
    return Status(204, None)


@router.get("/notifications/preview", auth=preview.for_the_staff, include_in_schema=False)
def list_previews(request: HttpRequest) -> HttpResponse:
    """Every letter in every language, for whoever writes them."""
    return preview.index()


@router.get("/notifications/preview/{locale}/{template}", auth=preview.for_the_staff, include_in_schema=False)
def show_preview(request: HttpRequest, locale: str, template: str) -> HttpResponse:
    """One letter with made-up facts, as HTML and as text."""
    found = preview.page(locale, template)
    if found is None:
        raise Problem(404, "not_found", f"There is no letter {template} in {locale}.")
    return found


@router.get("/notifications/{notification_id}", auth=READ, response=contracts.Notification)
def get_notification(request: HttpRequest, notification_id: str) -> contracts.Notification:
    """One notification."""
    found = Notification.objects.filter(id=notification_id).first()
    if found is None:
        raise NotificationNotFound(notification_id=notification_id)
    return found.to_contract()


@router.post("/notifications/{notification_id}/resend", auth=WRITE, response={201: contracts.Notification})
def resend(
    request: KeyedRequest,
    response: HttpResponse,
    notification_id: contracts.NotificationId,
    idempotency_key: IdempotencyKey,
) -> Status[contracts.Notification]:
    """Send a letter once more, as a notification of its own."""
    named = ResendNotification(notification_id=notification_id)
    return Status(201, _told(request, response, idempotency_key, "resend", named))


# Webhooks


@router.get("/webhooks/types", auth=WEBHOOKS_READ, response=WebhookTypes)
def list_webhook_types(request: HttpRequest) -> WebhookTypes:
    """What endpoints may be told of."""
    return WebhookTypes(data=list(published.TYPES))


@router.get("/webhooks/endpoints", auth=WEBHOOKS_READ, response=Page[WebhookEndpoint])
def list_endpoints(request: HttpRequest, asked: Query[PageAsked]) -> Page[WebhookEndpoint]:
    """Who is told, newest first."""
    return paged(request, webhooks.known(), asked, show=lambda endpoint: endpoint.to_contract())


@router.post("/webhooks/endpoints", auth=WEBHOOKS_WRITE, response={201: WebhookEndpointSecret})
def add_endpoint(
    request: KeyedRequest, response: HttpResponse, endpoint: AddWebhookEndpoint, idempotency_key: IdempotencyKey
) -> Status[WebhookEndpointSecret]:
    """Have an address told from now on. This shows its secret, once."""
    return Status(201, _told(request, response, idempotency_key, "add_endpoint", endpoint))


@router.get("/webhooks/endpoints/{endpoint_id}", auth=WEBHOOKS_READ, response=WebhookEndpoint)
def get_endpoint(request: HttpRequest, response: HttpResponse, endpoint_id: str) -> WebhookEndpoint:
    """One endpoint."""
    endpoint = _known(endpoint_id)
    tagged(endpoint, response)
    return endpoint


def _known(endpoint_id: str) -> WebhookEndpoint:
    """Raises WebhookEndpointNotFound."""
    found = webhooks.known().filter(id=endpoint_id).first()
    if found is None:
        raise WebhookEndpointNotFound(endpoint_id=endpoint_id)
    return found.to_contract()


@router.patch("/webhooks/endpoints/{endpoint_id}", auth=WEBHOOKS_WRITE, response=WebhookEndpoint)
def change_endpoint(
    request: KeyedRequest,
    response: HttpResponse,
    endpoint_id: contracts.WebhookEndpointId,
    change: EndpointChange,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> WebhookEndpoint:
    """Have it told elsewhere or of something else; disable it, and enable it again."""
    seen = expected(if_match)
    wanted = ChangeWebhookEndpoint(endpoint_id=endpoint_id, **change.model_dump(), expected_version=seen)
    with as_seen(if_match, stale=StaleWebhookEndpoint, now=lambda: _known(endpoint_id)):
        endpoint: WebhookEndpoint = _told(request, response, idempotency_key, "change_endpoint", wanted)
    tagged(endpoint, response)
    return endpoint


@router.delete("/webhooks/endpoints/{endpoint_id}", auth=WEBHOOKS_WRITE, response=WebhookEndpointRemoved)
def remove_endpoint(
    request: KeyedRequest,
    response: HttpResponse,
    endpoint_id: contracts.WebhookEndpointId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Tell it nothing any more. Its log stays."""
    named, seen = NameWebhookEndpoint(endpoint_id=endpoint_id), expected(if_match)
    with as_seen(if_match, stale=StaleWebhookEndpoint, now=lambda: _known(endpoint_id)):
        return _told(request, response, idempotency_key, "remove_endpoint", named, expected_version=seen)


@router.post("/webhooks/endpoints/{endpoint_id}/rotate", auth=WEBHOOKS_WRITE, response=WebhookEndpointSecret)
def rotate_secret(
    request: KeyedRequest,
    response: HttpResponse,
    endpoint_id: contracts.WebhookEndpointId,
    overlap: Overlap,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Sign by a new secret, which this shows once, and for a while by the old one too."""
    wanted = RotateWebhookSecret(endpoint_id=endpoint_id, overlap_hours=overlap.overlap_hours)
    return _told(request, response, idempotency_key, "rotate_secret", wanted)


@router.post("/webhooks/endpoints/{endpoint_id}/test", auth=WEBHOOKS_WRITE, response={201: WebhookDelivery})
def send_test(
    request: KeyedRequest,
    response: HttpResponse,
    endpoint_id: contracts.WebhookEndpointId,
    idempotency_key: IdempotencyKey,
) -> Status[WebhookDelivery]:
    """Tell it of a `webhook.test`, of which nothing is true."""
    named = NameWebhookEndpoint(endpoint_id=endpoint_id)
    return Status(201, _told(request, response, idempotency_key, "send_test", named))


@router.post("/webhooks/endpoints/{endpoint_id}/replay", auth=WEBHOOKS_WRITE, response=WebhooksReplayed)
def replay_all(
    request: KeyedRequest,
    response: HttpResponse,
    endpoint_id: contracts.WebhookEndpointId,
    within: Within,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Tell it anew what happened within a time and did not arrive there."""
    wanted = ReplayWebhooks(endpoint_id=endpoint_id, **within.model_dump())
    return _told(request, response, idempotency_key, "replay_all", wanted)


@router.get("/webhooks/deliveries", auth=WEBHOOKS_READ, response=Page[WebhookDelivery])
def list_deliveries(request: HttpRequest, asked: Query[DeliveriesAsked]) -> Page[WebhookDelivery]:
    """What was told to whom, newest first."""
    return paged(request, webhooks.deliveries(), asked, show=lambda delivery: delivery.to_contract())


@router.get("/webhooks/deliveries/{delivery_id}", auth=WEBHOOKS_READ, response=WebhookDeliveryLog)
def get_delivery(request: HttpRequest, delivery_id: str) -> WebhookDeliveryLog:
    """One delivery, with every try."""
    found = webhooks.deliveries().filter(id=delivery_id).first()
    if found is None:
        raise WebhookDeliveryNotFound(delivery_id=delivery_id)
    return found.to_log()


@router.post("/webhooks/deliveries/{delivery_id}/replay", auth=WEBHOOKS_WRITE, response={201: WebhookDelivery})
def replay(
    request: KeyedRequest,
    response: HttpResponse,
    delivery_id: contracts.WebhookDeliveryId,
    idempotency_key: IdempotencyKey,
) -> Status[WebhookDelivery]:
    """Make it once more, under the same `webhook-id`."""
    named = ReplayWebhook(delivery_id=delivery_id)
    return Status(201, _told(request, response, idempotency_key, "replay", named))
