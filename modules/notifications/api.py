"""Notifications over REST, to read. They come about by events, never by request."""

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from modules.notifications import contracts
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
from tearline.api import Page, PageAsked, Problem, key_with, paged

router = Router(tags=["notifications"])
prefixes = ("/notifications",)


class NotificationsAsked(PageAsked):
    """Which notifications."""

    order_id: OrderId | None = Field(default=None, description="Only of this order.")


@router.get("/notifications", auth=key_with("notifications:read"), response=Page[contracts.Notification])
def list_notifications(request: HttpRequest, asked: Query[NotificationsAsked]) -> Page[contracts.Notification]:
    """Who was told what, newest first."""
    rows = Notification.objects.all()
    if asked.order_id:
        rows = rows.filter(order_id=asked.order_id)
    return paged(rows, asked, show=Notification.to_contract)


@router.get("/notifications/{notification_id}", auth=key_with("notifications:read"), response=contracts.Notification)
def get_notification(request: HttpRequest, notification_id: str) -> contracts.Notification:
    """One notification."""
    found = Notification.objects.filter(id=notification_id).first()
    if found is None:
        raise Problem(404, "not_found", f"There is no notification {notification_id}.")
    return found.to_contract()
