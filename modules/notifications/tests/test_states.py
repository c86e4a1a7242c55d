"""What becomes of notifications, endpoints and deliveries goes by the tables, whoever asks for a change."""

from itertools import product
from typing import Any, get_args

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from modules.notifications import contracts
from modules.notifications.models import Notification, WebhookDelivery, WebhookEndpoint, WebhookMessage
from modules.notifications.states import DELIVERY, ENDPOINT, NOTIFICATION
from modules.orders.contracts import OrderId
from tearline.contracts import EventId
from tearline.states import IllegalTransition, StateMachine


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (NOTIFICATION, contracts.NotificationState),
        (ENDPOINT, contracts.EndpointState),
        (DELIVERY, contracts.DeliveryState),
    ],
)
def test_what_crosses_knows_the_same_states(machine: StateMachine, said: Any) -> None:
    assert set(machine.states) == set(get_args(said))


def notification(state: str) -> Notification:
    times = {"sent_at": timezone.now()} if state in ("sent", "delivered") else {}
    named = {"event_id": EventId.new(), "order_id": OrderId.new(), "template": "confirmation"}
    return Notification.objects.create(**named, state=state, **times)


def endpoint(state: str = "enabled") -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(url="https://example.com/", state=state, disabled_because="by_hand")


def delivery(state: str) -> WebhookDelivery:
    message = WebhookMessage.objects.create(event_id=EventId.new(), type="order.placed", payload="{}")
    finished = None if state == "pending" else timezone.now()
    return WebhookDelivery.objects.create(message=message, endpoint=endpoint(), state=state, finished_at=finished)


MADE = [(NOTIFICATION, notification), (ENDPOINT, endpoint), (DELIVERY, delivery)]


@pytest.mark.parametrize(("machine", "made"), MADE)
def test_the_database_refuses_every_change_that_is_not_in_the_table(db: None, machine: StateMachine, made: Any) -> None:
    for old, new in product(machine.states, repeat=2):
        row = made(old)
        assert changed(row, new) == machine.allows(old, new), (old, new)


def changed(row: models.Model, state: str) -> bool:
    """Whether an UPDATE that asks nobody goes through; the constraints on times are kept."""
    changes: dict[str, Any] = {"state": state}
    if isinstance(row, Notification):
        changes["sent_at"] = timezone.now() if state in ("sent", "delivered", "bounced") else None
    if isinstance(row, WebhookDelivery):
        changes["finished_at"] = None if state == "pending" else timezone.now()
    try:
        with transaction.atomic(using="notifications"):
            return type(row)._default_manager.filter(pk=row.pk).update(**changes) == 1
    except IntegrityError:
        return False


def test_a_notification_follows_what_it_has_become_in_the_meantime(db: None) -> None:
    """A worker that was given up for dead has an old row in its hands."""
    deeds: dict[str, Any] = {
        "sending": lambda row: row.sending(recipient_hint="a"),
        "sent": lambda row: row.sent(),
        "failed": lambda row: row.failed(),
        "suppressed": lambda row: row.suppressed("bounced", recipient_hint="a"),
        "delivered": lambda row: row.delivered(timezone.now()),
        "bounced": lambda row: row.bounced("bounced"),
    }
    for old, new in product(NOTIFICATION.states, deeds):
        row = notification(old)
        row.state = "queued"
        deeds[new](row)
        row.refresh_from_db()
        assert row.state == (new if NOTIFICATION.allows(old, new) else old), (old, new)


def test_endpoints_and_deliveries_refuse_what_is_not_in_the_table(db: None) -> None:
    for old, new in product(ENDPOINT.states, repeat=2):
        if not ENDPOINT.allows(old, new):
            with pytest.raises(IllegalTransition):
                endpoint(old).become(new)  # type: ignore[arg-type]
    with pytest.raises(IllegalTransition):
        delivery("delivered").finish("failed", at=timezone.now())
