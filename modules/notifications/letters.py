"""What the letters say, and to whom. The words are in `templates/notifications/`: first the subject, then the text."""

from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, Engine

from modules.notifications.models import Notification
from modules.orders.contracts import Order
from modules.orders.facade import orders

Template = Literal["confirmation", "cancellation", "shipment", "stock_ran_out"]
TO_STAFF = frozenset({"stock_ran_out"})


def write(notification: Notification) -> EmailMessage:
    """The letter, ready to be sent. Asks orders who the customer is: raises what its `find` raises."""
    if notification.template in TO_STAFF:
        return _letter(notification, to=settings.SHOP_STAFF_EMAIL)
    order = orders.find(notification.order_id)
    return _letter(notification, to=order.email, **_told(order))


def masked(address: str) -> str:
    """Enough to recognise an address by, not enough to write to it: `a***@example.com`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def _told(order: Order) -> dict[str, Any]:
    lines = [{"quantity": line.quantity, "name": line.name, "total": str(line.total)} for line in order.lines]
    return {"ship_to": order.ship_to, "lines": lines, "total": str(order.total)}


def _letter(notification: Notification, *, to: str, **told: Any) -> EmailMessage:
    words = {"shop": settings.SHOP_NAME, "order_id": notification.order_id} | notification.facts | told
    template = Engine.get_default().get_template(f"notifications/{notification.template}.txt")
    # Plain text: an O'Brien keeps the apostrophe.
    subject, _, body = template.render(Context(words, autoescape=False)).partition("\n\n")
    return EmailMessage(subject.removeprefix("Subject: "), body, to=[to], headers=_headers(notification))


def _headers(notification: Notification) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    # The same letter keeps its name when it is sent again, so that whoever gets it twice can tell.
    return {"Message-ID": f"<{notification.id}@{domain}>", "Auto-Submitted": "auto-generated"}
