"""What is to be told, and whether it was."""

from typing import get_args

from django.db import models
from django.db.models import Q
from django.utils import timezone

from modules.notifications import contracts
from modules.orders.contracts import OrderId


class Notification(models.Model):
    """One letter about one event. `facts` is what the event told that the letter needs: never personal data."""

    id: "models.CharField[str, contracts.NotificationId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.NotificationId.new, editable=False
    )
    event_id = models.CharField(max_length=40)
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    template = models.CharField(max_length=40)
    channel: "models.CharField[str, contracts.Channel]" = models.CharField(max_length=20, default="email")
    state: "models.CharField[str, contracts.NotificationState]" = models.CharField(max_length=20, default="queued")
    facts = models.JSONField(default=dict)
    recipient_hint = models.CharField(max_length=320, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="notifications_once", fields=["event_id", "template", "channel"]),
            models.CheckConstraint(
                name="notifications_state_known", condition=Q(state__in=get_args(contracts.NotificationState))
            ),
            models.CheckConstraint(
                name="notifications_sent_has_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id}: {self.template} ({self.state})"

    @property
    def is_sent(self) -> bool:
        return self.state == "sent"

    def sending(self, *, recipient_hint: str) -> None:
        self._unless_sent(state="sending", recipient_hint=recipient_hint)

    def sent(self) -> None:
        self._unless_sent(state="sent", sent_at=timezone.now())

    def failed(self) -> None:
        self._unless_sent(state="failed")

    def _unless_sent(self, **changes: object) -> None:
        # What went out stays sent, whatever a worker that was given up for dead still has to say.
        Notification.objects.filter(id=self.id).exclude(state="sent").update(**changes)

    def to_contract(self) -> contracts.Notification:
        return contracts.Notification(
            id=self.id,
            order_id=self.order_id,
            template=self.template,
            channel=self.channel,
            state=self.state,
            recipient_hint=self.recipient_hint or None,
            created_at=self.created_at,
            sent_at=self.sent_at,
        )
