"""The way to ask notifications for something."""

from typing import Protocol

from modules.notifications.contracts import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    LiftSuppression,
    NameWebhookEndpoint,
    Notification,
    Preference,
    ReplayWebhook,
    ReplayWebhooks,
    ResendNotification,
    RotateWebhookSecret,
    SetPreference,
    SuppressAddress,
    Suppression,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointRemoved,
    WebhookEndpointSecret,
    WebhooksReplayed,
)
from modules.orders.contracts import OrderId
from tearline.contracts import Version
from tearline.facades import command, facade_for, query


class Notifications(Protocol):
    """Knows who was told what. Is never told what to tell: it hears what happened."""

    @query
    def notifications_of(self, order_id: OrderId) -> list[Notification]:
        """The order's notifications, oldest first. None yet, or no such order: an empty list."""
        ...

    @command
    def resend(self, request: ResendNotification, *, key: str) -> Notification:
        """Send a letter once more, as a notification of its own. Raises NotificationNotFound, StillUnderWay."""
        ...

    # Who wants no letters

    @command
    def suppress(self, request: SuppressAddress, *, key: str) -> Suppression:
        """Send nothing to an address any more. Again is harmless."""
        ...

    @command
    def lift_suppression(self, request: LiftSuppression, *, key: str) -> Suppression:
        """Send to it again. Answers what was lifted. Raises SuppressionNotFound."""
        ...

    @command
    def prefer(self, request: SetPreference, *, key: str) -> Preference:
        """Say whether an address wants letters of one template. Raises TemplateUnknown, CannotBeRefused."""
        ...

    # Webhooks to those who integrate

    @command
    def add_endpoint(self, request: AddWebhookEndpoint, *, key: str) -> WebhookEndpointSecret:
        """Tell somebody from now on. Raises UrlNotAllowed, WebhookTypeUnknown."""
        ...

    @command
    def change_endpoint(self, request: ChangeWebhookEndpoint, *, key: str) -> WebhookEndpoint:
        """Raises WebhookEndpointNotFound, StaleWebhookEndpoint, UrlNotAllowed, WebhookTypeUnknown."""
        ...

    @command
    def remove_endpoint(
        self, request: NameWebhookEndpoint, *, expected_version: Version = None, key: str
    ) -> WebhookEndpointRemoved:
        """Tell it nothing any more. Its log stays. Raises WebhookEndpointNotFound, StaleWebhookEndpoint."""
        ...

    @command
    def rotate_secret(self, request: RotateWebhookSecret, *, key: str) -> WebhookEndpointSecret:
        """Sign by a new secret, and for a while by the old one too. Raises WebhookEndpointNotFound."""
        ...

    @command
    def send_test(self, request: NameWebhookEndpoint, *, key: str) -> WebhookDelivery:
        """Tell an endpoint what did not happen. Raises WebhookEndpointNotFound, WebhookEndpointDisabled."""
        ...

    @command
    def replay(self, request: ReplayWebhook, *, key: str) -> WebhookDelivery:
        """Make a delivery once more.

        Raises WebhookDeliveryNotFound, WebhookEndpointNotFound, WebhookEndpointDisabled.
        """
        ...

    @command
    def replay_all(self, request: ReplayWebhooks, *, key: str) -> WebhooksReplayed:
        """Tell an endpoint anew what happened within a time.

        Raises WebhookEndpointNotFound, WebhookEndpointDisabled, TooManyToReplay.
        """
        ...


notifications: Notifications = facade_for(Notifications)
