"""From an event to a letter that went out."""

from modules.notifications import letters
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
from tearline.contracts import EventId
from tearline.work import task


def queue(template: letters.Template, *, event_id: EventId, order_id: OrderId, **facts: str | int) -> None:
    """Have the letter sent, once for each event. Runs in a transaction of notifications."""
    notification, queued = Notification.objects.get_or_create(
        event_id=event_id,
        template=template,
        channel="email",
        defaults={"order_id": order_id, "facts": facts},
    )
    if queued:
        send.later(notification.id)


@task("notifications.send")
def send(notification_id: str) -> None:
    """Write the letter and hand it to the mail server. Repeating it sends nothing more.

    Whatever goes wrong is tried again, and touches nothing but this notification. A worker that dies between the mail
    server's yes and our own record sends the letter twice, under one Message-ID: mail knows no better.
    """
    notification = Notification.objects.get(id=notification_id)
    if notification.is_sent:
        return
    try:
        letter = letters.write(notification)
        notification.sending(recipient_hint=letters.masked(letter.to[0]))
        letter.send()
    except Exception:
        notification.failed()
        raise
    notification.sent()
