"""What is announced becomes a letter to be sent, once."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from modules.notifications import published
from modules.notifications.facade import notifications
from modules.notifications.models import Notification, WebhookEndpoint, WebhookMessage
from modules.notifications.tests.peers import (
    cancellation_of,
    confirmation_of,
    dispatch_of,
    expiry_of,
    hear,
    refund_for,
    shipment_of,
    stock_ran_out_for,
)
from modules.orders.contracts import Order
from tearline.contracts import EventId
from tearline.events import Event, listeners_of
from tearline.models import TaskRow


@pytest.mark.parametrize(
    ("told", "template"),
    [
        (confirmation_of, "confirmation"),
        (cancellation_of, "cancellation"),
        (expiry_of, "expired"),
        (shipment_of, "shipment"),
        (dispatch_of, "dispatched"),
        (refund_for, "refund"),
        (stock_ran_out_for, "stock_ran_out"),
    ],
)
def test_hearing_one_event_many_times_queues_one_letter(
    order: Order, told: Callable[[Order], Event], template: str
) -> None:
    event = told(order)
    for _ in range(3):
        hear(event)

    [notification] = notifications.notifications_of(order.id)
    assert (notification.template, notification.state) == (template, "queued")
    assert TaskRow.objects.using("notifications").count() == 1


def test_whatever_is_published_is_heard() -> None:
    for each in published.TABLE:
        assert [listener.module for listener in listeners_of(each.event.topic)].count("notifications") == 1


@pytest.mark.parametrize(
    "told", [confirmation_of, cancellation_of, expiry_of, shipment_of, dispatch_of, refund_for, stock_ran_out_for]
)
def test_what_there_is_a_letter_about_is_told_to_endpoints_too(order: Order, told: Callable[[Order], Event]) -> None:
    WebhookEndpoint.objects.create(url="https://example.com/")
    event = told(order)
    hear(event)
    hear(event)

    [message] = WebhookMessage.objects.all()
    assert (message.event_id, message.deliveries.count()) == (event.id, 1)


def test_two_events_of_one_order_are_two_letters(order: Order) -> None:
    hear(confirmation_of(order))
    hear(shipment_of(order))

    told = [notification.template for notification in notifications.notifications_of(order.id)]
    assert told == ["confirmation", "shipment"]


def test_what_is_kept_of_an_event_names_no_person(order: Order) -> None:
    hear(cancellation_of(order))

    [kept] = Notification.objects.values()
    assert [part for part in ("lovelace", "@") if part in str(kept).lower()] == []  # an id may spell a first name


def test_the_database_refuses_a_second_letter_about_one_event(order: Order) -> None:
    event_id = EventId.new()
    Notification.objects.create(event_id=event_id, order_id=order.id, template="confirmation")
    with pytest.raises(IntegrityError), transaction.atomic(using="notifications"):
        Notification.objects.create(event_id=event_id, order_id=order.id, template="confirmation")


def test_the_database_refuses_a_letter_sent_at_no_time(order: Order) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using="notifications"):
        Notification.objects.create(event_id=EventId.new(), order_id=order.id, template="confirmation", state="sent")
