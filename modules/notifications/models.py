"""What is to be told, whether it was, who does not want it, and who is told by webhooks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from modules.notifications import contracts
from modules.notifications.contracts import StaleWebhookEndpoint
from modules.notifications.states import DELIVERY, ENDPOINT, NOTIFICATION, UNDER_WAY
from modules.orders.contracts import OrderId
from tearline.states import StateMachine


def _before(machine: StateMachine, state: str) -> Sequence[str]:
    """From where a thing may come into this state. Staying in it is no news."""
    return [old for old in machine.states if old != state and machine.allows(old, state)]


class Notification(models.Model):
    """One letter about one event. `facts` is what the event told that the letter needs: never personal data."""

    id: "models.CharField[str, contracts.NotificationId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.NotificationId.new, editable=False
    )
    event_id = models.CharField(max_length=40)
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    template = models.CharField(max_length=40)
    channel: "models.CharField[str, contracts.Channel]" = models.CharField(max_length=20, default="email")
    recipient: "models.CharField[str, contracts.Recipient]" = models.CharField(max_length=20, default="customer")
    state: "models.CharField[str, contracts.NotificationState]" = models.CharField(max_length=20, default="queued")
    problem = models.CharField(max_length=200, default="", blank=True)
    facts = models.JSONField(default=dict)
    recipient_hint = models.CharField(max_length=320, default="", blank=True)
    resend_of = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="notifications_once",
                fields=["event_id", "template", "recipient", "channel"],
                condition=Q(resend_of=""),
            ),
            models.CheckConstraint(name="notifications_state_known", condition=Q(state__in=NOTIFICATION.states)),
            models.CheckConstraint(
                name="notifications_sent_has_a_time",
                condition=Q(state__in=("sent", "delivered"), sent_at__isnull=False)
                | Q(state="bounced")
                | (Q(state__in=(*UNDER_WAY, "suppressed"), sent_at__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id}: {self.template} ({self.state})"

    @property
    def is_over(self) -> bool:
        """Nothing is sent any more."""
        return self.state not in UNDER_WAY

    def sending(self, *, recipient_hint: str) -> bool:
        """False when it is over in the meantime. A worker that takes over from a dead one finds it so, too."""
        return self._become("sending", recipient_hint=recipient_hint, again=True)

    def sent(self) -> None:
        self._become("sent", sent_at=timezone.now())

    def failed(self) -> None:
        self._become("failed")

    def suppressed(self, why: str, *, recipient_hint: str) -> None:
        self._become("suppressed", problem=why, recipient_hint=recipient_hint)

    def delivered(self, at: datetime) -> bool:
        return self._become("delivered", delivered_at=at, sent_at=Coalesce(F("sent_at"), at))

    def bounced(self, why: str) -> bool:
        return self._become("bounced", problem=why[:200])

    def _become(self, state: str, *, again: bool = False, **changes: Any) -> bool:
        """Unless the table says no, as what it is by now decides. A late word of a slow worker changes nothing."""
        before = [*_before(NOTIFICATION, state), *([state] if again else [])]
        rows = Notification.objects.filter(id=self.id, state__in=before)
        return bool(rows.update(state=state, **changes))

    def to_contract(self) -> contracts.Notification:
        return contracts.Notification(
            id=self.id,
            order_id=self.order_id,
            template=self.template,
            channel=self.channel,
            recipient=self.recipient,
            state=self.state,
            recipient_hint=self.recipient_hint or None,
            problem=self.problem or None,
            resend_of=contracts.NotificationId(self.resend_of) if self.resend_of else None,
            created_at=self.created_at,
            sent_at=self.sent_at,
            delivered_at=self.delivered_at,
        )


class Suppression(models.Model):
    """An address that is left alone, known by its digest."""

    id: "models.CharField[str, contracts.SuppressionId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.SuppressionId.new, editable=False
    )
    channel: "models.CharField[str, contracts.Channel]" = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    address_hint = models.CharField(max_length=320)
    reason: "models.CharField[str, contracts.SuppressionReason]" = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(name="notifications_suppressed_once", fields=["channel", "digest"]),)

    def __str__(self) -> str:
        return f"{self.address_hint}: {self.reason}"

    def to_contract(self) -> contracts.Suppression:
        return contracts.Suppression(
            id=self.id,
            channel=self.channel,
            address_hint=self.address_hint,
            reason=self.reason,
            created_at=self.created_at,
        )


class Unwanted(models.Model):
    """A letter that an address does not want. What it does not refuse, it gets."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    template = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(name="notifications_unwanted_once", fields=["digest", "template"]),)

    def __str__(self) -> str:
        return f"{self.template}, by {self.digest[:8]}"


# Webhooks


class WebhookEndpoint(models.Model):
    """Where somebody wants to be told. A removed one is kept for its log."""

    id: "models.CharField[str, contracts.WebhookEndpointId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.WebhookEndpointId.new, editable=False
    )
    url = models.CharField(max_length=2000)
    types: "models.JSONField[Any, list[str]]" = models.JSONField(default=list)
    description = models.CharField(max_length=200, default="", blank=True)
    state: "models.CharField[str, contracts.EndpointState]" = models.CharField(max_length=20, default="enabled")
    disabled_because = models.CharField(max_length=20, default="", blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(name="notifications_endpoint_state_known", condition=Q(state__in=ENDPOINT.states)),
            models.CheckConstraint(
                name="notifications_disabled_says_why",
                condition=~Q(state="disabled") | ~Q(disabled_because=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @property
    def is_enabled(self) -> bool:
        return self.state == "enabled"

    def wants(self, webhook_type: str) -> bool:
        return not self.types or webhook_type in self.types

    def become(self, state: contracts.EndpointState, *, because: contracts.DisabledBecause | Literal[""] = "") -> None:
        """Raises IllegalTransition. Whoever is enabled starts with a clean slate. Not saved."""
        ENDPOINT.check(self.state, state)
        self.state, self.disabled_because, self.failing_since = state, because, None
        self.version += 1

    def expect(self, version: int | None) -> None:
        """Raises StaleWebhookEndpoint when it has changed since that version. Of a locked row."""
        if version not in (None, self.version):
            raise StaleWebhookEndpoint(endpoint_id=self.id, expected=version, version=self.version)

    def signing(self, at: datetime) -> list[str]:
        """The secrets that sign at this moment, the newest first."""
        live = self.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
        return list(live.order_by("-id").values_list("secret", flat=True))

    def to_contract(self) -> contracts.WebhookEndpoint:
        return contracts.WebhookEndpoint(
            id=self.id,
            url=self.url,
            types=self.types,
            description=self.description,
            state=self.state,
            disabled_because=cast(contracts.DisabledBecause, self.disabled_because) or None,
            failing_since=self.failing_since,
            created_at=self.created_at,
            version=self.version,
        )


class WebhookSecret(models.Model):
    """What signs for an endpoint, until it expires. Kept as it is: whoever signs must know it."""

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="secrets")
    secret = models.CharField(max_length=100)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="notifications_one_secret_stays", fields=["endpoint"], condition=Q(expires_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"a secret of {self.endpoint_id}"


class WebhookMessage(models.Model):
    """What is told about one event, word for word."""

    id: "models.CharField[str, contracts.WebhookMessageId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.WebhookMessageId.new, editable=False
    )
    event_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=64)
    payload = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.id}: {self.type}"


class WebhookDelivery(models.Model):
    """The telling of one message to one endpoint."""

    id: "models.CharField[str, contracts.WebhookDeliveryId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.WebhookDeliveryId.new, editable=False
    )
    message = models.ForeignKey(WebhookMessage, models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    state: "models.CharField[str, contracts.DeliveryState]" = models.CharField(max_length=20, default="pending")
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    replay_of = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="notifications_delivery_once", fields=["message", "endpoint"], condition=Q(replay_of="")
            ),
            models.CheckConstraint(name="notifications_delivery_state_known", condition=Q(state__in=DELIVERY.states)),
            models.CheckConstraint(
                name="notifications_finished_has_a_time",
                condition=Q(state="pending", finished_at__isnull=True)
                | (~Q(state="pending") & Q(finished_at__isnull=False, next_try_at__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @property
    def is_pending(self) -> bool:
        return self.state == "pending"

    def finish(self, state: contracts.DeliveryState, *, at: datetime) -> None:
        """Raises IllegalTransition."""
        DELIVERY.check(self.state, state)
        self.state, self.finished_at, self.next_try_at = state, at, None

    def to_contract(self) -> contracts.WebhookDelivery:
        return contracts.WebhookDelivery(**self._told())

    def to_log(self) -> contracts.WebhookDeliveryLog:
        attempts = [attempt.to_contract() for attempt in self.attempts.all()]
        return contracts.WebhookDeliveryLog(**self._told(), payload=self.message.payload, attempts=attempts)

    def _told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "message_id": self.message_id,
            "endpoint_id": self.endpoint_id,
            "type": self.message.type,
            "state": self.state,
            "tries": self.tries,
            "next_try_at": self.next_try_at,
            "replay_of": self.replay_of or None,
            "created_at": self.created_at,
            "finished_at": self.finished_at,
        }


class WebhookAttempt(models.Model):
    """What came of one try."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    took = models.DurationField(default=timedelta)
    error = models.CharField(max_length=200, default="", blank=True)
    excerpt = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(name="notifications_attempt_once", fields=["delivery", "number"]),)

    def __str__(self) -> str:
        return f"try {self.number} of {self.delivery_id}: {self.status or self.error}"

    def to_contract(self) -> contracts.WebhookAttempt:
        return contracts.WebhookAttempt(
            number=self.number,
            at=self.at,
            status=self.status,
            duration_ms=round(self.took.total_seconds() * 1000),
            error=self.error or None,
            excerpt=self.excerpt,
        )
