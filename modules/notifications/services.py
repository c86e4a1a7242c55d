"""From an event to a letter that went out."""

from modules.notifications import letters, recipients
from modules.notifications.adapters import mail, texts
from modules.notifications.contracts import Channel, NotificationNotFound, ResendNotification, StillUnderWay
from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
from tearline.contracts import EventId
from tearline.work import task


def queue(
    template: letters.Template,
    *,
    event_id: EventId,
    order_id: OrderId,
    channel: Channel = "email",
    **facts: str | int,
) -> None:
    """Have the letter sent, once for each event and recipient. Runs in a transaction of notifications."""
    notification, queued = Notification.objects.get_or_create(
        event_id=event_id,
        template=template,
        recipient=letters.recipient_of(template),
        channel=channel,
        resend_of="",
        defaults={"order_id": order_id, "facts": facts},
    )
    if queued:
        send.later(notification.id)


def resend(request: ResendNotification) -> Notification:
    """The same letter once more, as a notification of its own. Raises NotificationNotFound, StillUnderWay."""
    original = Notification.objects.filter(id=request.notification_id).first()
    if original is None:
        raise NotificationNotFound(notification_id=request.notification_id)
    if original.state in ("queued", "sending"):
        raise StillUnderWay(notification_id=original.id, state=original.state)
    repeated = Notification.objects.create(
        event_id=original.event_id,
        order_id=original.order_id,
        template=original.template,
        channel=original.channel,
        recipient=original.recipient,
        facts=original.facts,
        resend_of=original.id,
    )
    send.later(repeated.id)
    return repeated


@task("notifications.send")
def send(notification_id: str) -> None:
    """Write the letter and hand it to the mail server. Repeating it sends nothing more.

    Whatever goes wrong is tried again, and touches nothing but this notification. A worker that dies between the mail
    server's yes and our own record sends the letter twice, under one Message-ID: mail knows no better.
    """
    notification = Notification.objects.get(id=notification_id)
    if notification.is_over:
        return
    try:
        _send(notification)
    except Exception:
        notification.failed()
        raise


def _send(notification: Notification) -> None:
    facts = letters.facts_of(notification)
    hint = letters.masked(facts.address)
    if against := recipients.reason_against(notification, facts.address):
        notification.suppressed(against, recipient_hint=hint)
    elif notification.sending(recipient_hint=hint):
        if rejected := _hand_over(notification, facts):
            notification.bounced(rejected)
        else:
            notification.sent()


def _hand_over(notification: Notification, facts: letters.Facts) -> str:
    """Why it will never get there, or ""."""
    if notification.channel == "sms":
        body = letters.rendered(notification.template, "sms", facts.locale, facts.words).strip()
        return texts.texts().send(texts.Text(reference=notification.id, to=facts.address, body=body))
    return mail.send(letters.write(notification, facts))


def hear_back(told: mail.Tracked) -> None:
    """Take over what a mail provider says has become of a letter. What we did not send is none of ours."""
    notification = Notification.objects.filter(id=told.notification_id).first()
    if notification is None:
        return
    if told.news == "delivered":
        notification.delivered(told.at)
        return
    if told.news == "bounced":
        notification.bounced(told.why)
    if told.is_for_good and told.address:
        recipients.suppress("email", told.address, "bounced" if told.news == "bounced" else "complained")
