"""What crosses notifications' facade."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, validate_email

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Moment, Refusal, Version

NotificationState = Literal["queued", "sending", "sent", "delivered", "failed", "bounced", "suppressed"]
Channel = Literal["email", "sms"]
Recipient = Literal["customer", "staff"]
TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=r"^[^\s\x00-\x1f]+$")
]


def _as_in_orders(address: str) -> str:
    """An e-mail address, checked and written as that of an order is."""
    return validate_email(address)[1]


Email = Annotated[Address, AfterValidator(_as_in_orders)]
SuppressionReason = Literal["bounced", "complained", "by_hand"]


class NotificationId(Id, prefix="ntf"):
    """Names one notification."""


class Notification(Contract):
    """One letter or text to one person.

    failed: the last try failed; it is tried again until the tries run out. bounced: it did not get there, and is not
    tried again. suppressed: it was not sent, as that address takes no letters, or not this one.
    """

    id: NotificationId
    order_id: OrderId
    template: str = Field(description="Which letter.", examples=["confirmation"])
    channel: Channel
    recipient: Recipient
    state: NotificationState
    recipient_hint: str | None = Field(
        description="Who it went to, masked. Null before the first try.", examples=["a***@example.com"]
    )
    problem: str | None = Field(description="Why it bounced or was suppressed.", examples=["complained"])
    resend_of: NotificationId | None = Field(description="The notification that it repeats.")
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None = Field(description="When the provider said so. Plain mail servers never do.")


class ResendNotification(Contract):
    """Which notification to send once more."""

    notification_id: NotificationId


class NotificationNotFound(Refusal, says="There is no notification {notification_id}.", status=404):
    """No such notification."""

    notification_id: str


class StillUnderWay(Refusal, says="Notification {notification_id} is {state}, and goes out by itself.", status=409):
    """There is nothing to repeat yet."""

    notification_id: str
    state: str


# Who wants no letters


class SuppressionId(Id, prefix="sup"):
    """Names one suppressed address."""


class Suppression(Contract):
    """An address to which nothing is sent. The address itself is not kept: its digest is enough to know it again."""

    id: SuppressionId
    channel: Channel
    address_hint: str = Field(examples=["a***@example.com"])
    reason: SuppressionReason
    created_at: datetime


class SuppressAddress(Contract):
    """Which address to leave alone from now on."""

    channel: Channel = "email"
    address: Address = Field(examples=["ada@example.com"])

    @field_validator("address")
    @classmethod
    def _is_one_of_its_channel(cls, address: str, said: ValidationInfo) -> str:
        return _as_in_orders(address) if said.data.get("channel") == "email" else address


class LiftSuppression(Contract):
    """Which address to write to again."""

    suppression_id: SuppressionId


class SuppressionNotFound(Refusal, says="There is no suppression {suppression_id}.", status=404):
    """No such suppression, or it was lifted."""

    suppression_id: str


class SetPreference(Contract):
    """Whether an address wants letters of one template."""

    address: Email = Field(examples=["ada@example.com"])
    template: TemplateName = Field(examples=["shipment"])
    wanted: bool = Field(strict=True)


class Preference(Contract):
    """What an address wants."""

    address_hint: str = Field(examples=["a***@example.com"])
    template: str = Field(examples=["shipment"])
    wanted: bool


class KnownRecipient(Contract):
    """What is known of an address. preferences: of the letters that may be refused."""

    address_hint: str = Field(examples=["a***@example.com"])
    suppressions: list[Suppression]
    preferences: list[Preference]


class TemplateUnknown(Refusal, says="No letter is called {template}.", status=422):
    """No such template."""

    template: str


class CannotBeRefused(Refusal, says="{template} is part of the order itself, and is sent to everybody.", status=422):
    """A transactional letter."""

    template: str


# Webhooks to those who integrate

EndpointState = Literal["enabled", "disabled", "removed"]
DisabledBecause = Literal["by_hand", "gone", "failing"]
DeliveryState = Literal["pending", "delivered", "failed", "dropped"]
WebhookType = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}\.[a-z_]{1,30}$")]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2000, pattern=r"^[\x21-\x7e]+$")]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class WebhookEndpointId(Id, prefix="whe"):
    """Names one endpoint."""


class WebhookMessageId(Id, prefix="msg"):
    """Names what is told. It is the `webhook-id`, the same at every try and replay."""


class WebhookDeliveryId(Id, prefix="whd"):
    """Names the telling of one message to one endpoint."""


class WebhookEndpoint(Contract):
    """Where somebody wants to be told. disabled_because: gone: it answered 410. failing: nothing arrived for days."""

    id: WebhookEndpointId
    url: str = Field(examples=["https://example.com/hooks"])
    types: list[WebhookType] = Field(
        description="What it is told of. Empty: of everything.", examples=[["order.confirmed"]]
    )
    description: str = Field(examples=["the warehouse"])
    state: EndpointState
    disabled_because: DisabledBecause | None
    failing_since: datetime | None = Field(description="The first failure after the last success.")
    created_at: datetime
    version: int | None = Field(
        default=None,
        description="Grows with each change, be it that we disable it; not with failures. Null: told before there were"
        " any.",
    )


class WebhookEndpointSecret(Contract):
    """An endpoint with the secret that signs what it is told. The secret is not shown again."""

    endpoint: WebhookEndpoint
    secret: str = Field(description="For any library of the Standard Webhooks specification.", examples=["whsec_…"])


class AddWebhookEndpoint(Contract):
    """Where somebody wants to be told, and of what."""

    url: Url = Field(examples=["https://example.com/hooks"])
    types: list[WebhookType] = Field(default=[], max_length=50, description="Empty: everything.")
    description: Description = ""


class ChangeWebhookEndpoint(Contract):
    """What is to be different about an endpoint. Null: as it is."""

    endpoint_id: WebhookEndpointId
    url: Url | None = None
    types: list[WebhookType] | None = Field(default=None, max_length=50)
    description: Description | None = None
    enabled: bool | None = Field(default=None, strict=True)
    expected_version: Version = None


class NameWebhookEndpoint(Contract):
    """Which endpoint."""

    endpoint_id: WebhookEndpointId


class RotateWebhookSecret(Contract):
    """Which endpoint gets a new secret, and for how long the old one signs, too."""

    endpoint_id: WebhookEndpointId
    overlap_hours: int = Field(default=24, ge=0, le=168, strict=True)


class WebhookEndpointRemoved(Contract):
    """It is told nothing any more, and its secrets are gone."""

    endpoint_id: WebhookEndpointId


class WebhookAttempt(Contract):
    """One try to tell. status: null when there was no answer, and then error says why."""

    number: int
    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    excerpt: str = Field(description="How the answer begins.", examples=["ok"])


class WebhookDelivery(Contract):
    """How the telling of one message to one endpoint stands. dropped: the endpoint was disabled before it got there."""

    id: WebhookDeliveryId
    message_id: WebhookMessageId
    endpoint_id: WebhookEndpointId
    type: str = Field(examples=["order.confirmed"])
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    replay_of: WebhookDeliveryId | None
    created_at: datetime
    finished_at: datetime | None


class WebhookDeliveryLog(WebhookDelivery):
    """With what was told, and what came of each try."""

    payload: str = Field(description="As it was signed.", examples=['{"type": "order.confirmed"}'])
    attempts: list[WebhookAttempt]


class ReplayWebhook(Contract):
    """Which delivery to make once more."""

    delivery_id: WebhookDeliveryId


class ReplayWebhooks(Contract):
    """What an endpoint is to be told anew: all messages of its types in [since, until)."""

    endpoint_id: WebhookEndpointId
    since: Moment
    until: Moment
    delivered_too: bool = Field(default=False, strict=True, description="Also what had arrived there.")


class WebhooksReplayed(Contract):
    """How many deliveries were added."""

    deliveries: int


class WebhookEndpointNotFound(Refusal, says="There is no endpoint {endpoint_id}.", status=404):
    """No such endpoint, or it was removed."""

    endpoint_id: str


class StaleWebhookEndpoint(
    Refusal, says="The endpoint {endpoint_id} is at version {version} and not {expected} any more.", status=409
):
    """It has changed meanwhile. Look at it again."""

    endpoint_id: str
    expected: int
    version: int


class WebhookDeliveryNotFound(Refusal, says="There is no delivery {delivery_id}.", status=404):
    """No such delivery."""

    delivery_id: str


class WebhookEndpointDisabled(Refusal, says="The endpoint {endpoint_id} is disabled.", status=409):
    """Enable it first."""

    endpoint_id: str


class UrlNotAllowed(Refusal, says="{url} cannot be an endpoint: {why}.", status=422):
    """We do not send there."""

    url: str
    why: str


class WebhookTypeUnknown(Refusal, says="There is no event type {webhook_type}.", status=422):
    """Nothing of this type is ever told."""

    webhook_type: str


class TooManyToReplay(Refusal, says="{found} messages are more than the {most} that are replayed at once.", status=422):
    """Take a shorter time."""

    found: int
    most: int
