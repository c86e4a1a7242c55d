"""Who wants no letters gets none, and what is kept of them tells nobody who they are."""

from pathlib import Path

import pytest

from modules.notifications.contracts import (
    CannotBeRefused,
    LiftSuppression,
    NotificationId,
    NotificationNotFound,
    ResendNotification,
    SetPreference,
    StillUnderWay,
    SuppressAddress,
    SuppressionNotFound,
    TemplateUnknown,
)
from modules.notifications.facade import notifications
from modules.notifications.models import Notification, Suppression, Unwanted
from modules.notifications.tests.peers import confirmation_of, hear, shipment_of
from modules.orders.contracts import Order
from tearline.facades import acting_as
from tearline.testing import settle


@pytest.fixture(autouse=True)
def asking(db: None) -> object:
    with acting_as("api:test"):
        yield


def test_nothing_is_sent_to_a_suppressed_address_however_it_is_written(order: Order, mailbox: Path) -> None:
    suppressed = notifications.suppress(SuppressAddress(address="  ADA@Example.com"), key="suppress")
    hear(confirmation_of(order))
    settle()

    [told] = notifications.notifications_of(order.id)
    assert (told.state, told.problem, told.sent_at) == ("suppressed", "by_hand", None)
    assert not mailbox.exists()

    notifications.lift_suppression(LiftSuppression(suppression_id=suppressed.id), key="lift")
    again = notifications.resend(ResendNotification(notification_id=told.id), key="resend")
    settle()
    assert again.resend_of == told.id
    assert Notification.objects.get(id=again.id).state == "sent"


def test_an_address_is_suppressed_once_and_lifted_once(db: None) -> None:
    first = notifications.suppress(SuppressAddress(address="ada@example.com"), key="1")
    again = notifications.suppress(SuppressAddress(address="ada@example.com"), key="2")
    named = LiftSuppression(suppression_id=first.id)
    notifications.lift_suppression(named, key="3")

    assert first.id == again.id
    with pytest.raises(SuppressionNotFound):
        notifications.lift_suppression(named, key="4")


def test_what_is_kept_of_an_address_does_not_name_it(db: None) -> None:
    notifications.suppress(SuppressAddress(address="ada@example.com"), key="suppress")
    notifications.prefer(SetPreference(address="ada@example.com", template="shipment", wanted=False), key="prefer")

    kept = f"{list(Suppression.objects.values())} {list(Unwanted.objects.values())}"
    assert "ada@" not in kept
    assert "a***@example.com" in kept


def test_a_letter_that_is_not_wanted_is_not_sent_and_all_others_are(order: Order, mailbox: Path) -> None:
    refused = SetPreference(address=order.email, template="shipment", wanted=False)
    notifications.prefer(refused, key="refuse")
    for event in (confirmation_of(order), shipment_of(order)):
        hear(event)
    settle()
    states = {told.template: (told.state, told.problem) for told in notifications.notifications_of(order.id)}
    assert states == {"confirmation": ("sent", None), "shipment": ("suppressed", "unwanted")}

    notifications.prefer(refused.model_copy(update={"wanted": True}), key="want")
    hear(shipment_of(order))
    settle()
    assert notifications.notifications_of(order.id)[-1].state == "sent"


def test_what_belongs_to_the_order_cannot_be_refused(order: Order, mailbox: Path) -> None:
    with pytest.raises(CannotBeRefused):
        notifications.prefer(SetPreference(address="a@b.c", template="confirmation", wanted=False), key="1")
    with pytest.raises(TemplateUnknown):
        notifications.prefer(SetPreference(address="a@b.c", template="newsletter", wanted=False), key="2")


def test_a_letter_is_sent_once_more_for_each_key(order: Order, mailbox: Path) -> None:
    hear(confirmation_of(order))
    [first] = notifications.notifications_of(order.id)
    named = ResendNotification(notification_id=first.id)
    with pytest.raises(StillUnderWay):
        notifications.resend(named, key="early")
    settle()
    for key in ("one", "one", "two"):
        notifications.resend(named, key=key)
    settle()

    told = notifications.notifications_of(order.id)
    assert [each.resend_of for each in told] == [None, first.id, first.id]
    assert {each.state for each in told} == {"sent"}
    with pytest.raises(NotificationNotFound):
        notifications.resend(ResendNotification(notification_id=NotificationId.new()), key="none")
