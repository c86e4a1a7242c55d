"""Notifications' facade, kept by its own rows."""

from modules.notifications import contracts, recipients, services, webhooks
from modules.notifications.contracts import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    LiftSuppression,
    NameWebhookEndpoint,
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
from modules.notifications.facade import Notifications
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
from tearline.contracts import Version


class LocalNotifications(Notifications):
    def notifications_of(self, order_id: OrderId) -> list[contracts.Notification]:
        found = Notification.objects.filter(order_id=order_id).order_by("id")
        return [notification.to_contract() for notification in found]

    def resend(self, request: ResendNotification, *, key: str) -> contracts.Notification:
        return services.resend(request).to_contract()

    def suppress(self, request: SuppressAddress, *, key: str) -> Suppression:
        return recipients.suppress_by_hand(request).to_contract()

    def lift_suppression(self, request: LiftSuppression, *, key: str) -> Suppression:
        return recipients.lift(request).to_contract()

    def prefer(self, request: SetPreference, *, key: str) -> Preference:
        return recipients.prefer(request)

    def add_endpoint(self, request: AddWebhookEndpoint, *, key: str) -> WebhookEndpointSecret:
        endpoint, secret = webhooks.add(request)
        return WebhookEndpointSecret(endpoint=endpoint.to_contract(), secret=secret)

    def change_endpoint(self, request: ChangeWebhookEndpoint, *, key: str) -> WebhookEndpoint:
        return webhooks.change(request).to_contract()

    def remove_endpoint(
        self, request: NameWebhookEndpoint, *, expected_version: Version = None, key: str
    ) -> WebhookEndpointRemoved:
        webhooks.remove(request, expected_version=expected_version)
        return WebhookEndpointRemoved(endpoint_id=request.endpoint_id)

    def rotate_secret(self, request: RotateWebhookSecret, *, key: str) -> WebhookEndpointSecret:
        endpoint, secret = webhooks.rotate(request)
        return WebhookEndpointSecret(endpoint=endpoint.to_contract(), secret=secret)

    def send_test(self, request: NameWebhookEndpoint, *, key: str) -> WebhookDelivery:
        return webhooks.send_test(request).to_contract()

    def replay(self, request: ReplayWebhook, *, key: str) -> WebhookDelivery:
        return webhooks.replay(request).to_contract()

    def replay_all(self, request: ReplayWebhooks, *, key: str) -> WebhooksReplayed:
        return WebhooksReplayed(deliveries=webhooks.replay_all(request))
