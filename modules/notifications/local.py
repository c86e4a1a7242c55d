"""Notifications' facade, kept by its own rows."""

from modules.notifications import contracts
from modules.notifications.facade import Notifications
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId


class LocalNotifications(Notifications):
    def notifications_of(self, order_id: OrderId) -> list[contracts.Notification]:
        found = Notification.objects.filter(order_id=order_id).order_by("id")
        return [notification.to_contract() for notification in found]
