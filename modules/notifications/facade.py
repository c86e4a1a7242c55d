"""The way to ask notifications for something."""

from typing import Protocol

from modules.notifications.contracts import Notification
from modules.orders.contracts import OrderId
from tearline.facades import facade_for, query


class Notifications(Protocol):
    """Knows who was told what. Is never told to tell: it hears what happened."""

    @query
    def notifications_of(self, order_id: OrderId) -> list[Notification]:
        """The order's notifications, oldest first. None yet, or no such order: an empty list."""
        ...


notifications: Notifications = facade_for(Notifications)
