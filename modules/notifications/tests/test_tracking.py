"""What a mail provider says has become of a letter, by anymail's backends and webhooks."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from modules.notifications.contracts import Notification
from modules.notifications.facade import notifications
from modules.notifications.models import Suppression
from modules.notifications.tests.mailing import BY_POSTMARK, mail_by
from modules.notifications.tests.peers import confirmation_of, hear
from modules.notifications.tests.receiver import Receiver, receiving
from modules.orders.contracts import Order
from tearline.testing import settle

SECRET = "postmark:a long secret"


@pytest.fixture
def postmark(settings: Settings) -> Iterator[Receiver]:
    """A web server that takes letters as Postmark does."""
    with receiving() as postmark:
        postmark.answers = [200] * 10
        accepted = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": "ada@example.com"}
        postmark.body = json.dumps({**accepted, "SubmittedAt": "2026-11-23T12:00:00Z"})
        mail_by(settings, BY_POSTMARK)
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": postmark.url,
            "WEBHOOK_SECRET": SECRET,
        }
        yield postmark


@pytest.fixture
def letter(order: Order, postmark: Receiver) -> Notification:
    hear(confirmation_of(order))
    settle()
    return now(order)


def now(order: Order) -> Notification:
    [told] = notifications.notifications_of(order.id)
    return told


def said(letter: Notification, kind: str, *, secret: str = SECRET, provider: str = "postmark", **more: Any) -> int:
    """The status that the provider's webhook is answered with."""
    told = {"RecordType": kind, "MessageID": "b7bc2f4a", "Metadata": {"notification": letter.id}, **more}
    path = f"/api/v1/notifications/tracking/{provider}"
    headers = {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
    return Client(headers=headers).post(path, json.dumps(told), content_type="application/json").status_code


def test_a_letter_goes_to_the_providers_api_with_both_parts(letter: Notification, postmark: Receiver) -> None:
    [(_, body)] = postmark.came
    told = json.loads(body)

    assert letter.state == "sent"
    assert (told["To"], told["Metadata"]) == ("ada@example.com", {"notification": letter.id})
    assert "Blue mug" in told["TextBody"]
    assert "Blue mug" in told["HtmlBody"]


def test_a_delivery_is_taken_over_and_a_late_bounce_too(order: Order, letter: Notification) -> None:
    assert said(letter, "Delivery", Recipient="ada@example.com", DeliveredAt="2026-11-23T12:00:00Z") == 204
    assert now(order).state == "delivered"
    assert now(order).delivered_at is not None

    bounced = {"Type": "HardBounce", "Email": "ada@example.com", "BouncedAt": "2026-11-23T12:01:00Z"}
    assert said(letter, "Bounce", **bounced) == 204
    assert (now(order).state, now(order).problem) == ("bounced", "bounced")
    assert said(letter, "Delivery", Recipient="ada@example.com", DeliveredAt="2026-11-23T12:02:00Z") == 204
    assert now(order).state == "bounced"
    assert [kept.reason for kept in Suppression.objects.all()] == ["bounced"]


def test_whoever_complains_gets_no_more_letters(order: Order, letter: Notification, postmark: Receiver) -> None:
    complaint = {"Type": "SpamComplaint", "Email": "ada@example.com", "BouncedAt": "2026-11-23T12:01:00Z"}
    assert said(letter, "SpamComplaint", **complaint) == 204
    hear(confirmation_of(order))
    settle()

    assert [told.state for told in notifications.notifications_of(order.id)] == ["sent", "suppressed"]
    assert len(postmark.came) == 1


def test_what_says_nothing_of_a_letter_of_ours_changes_nothing(order: Order, letter: Notification) -> None:
    assert said(letter, "Open", Recipient="ada@example.com") == 204
    assert said(letter, "Delivery", Recipient="a@b.c", Metadata={"notification": "ntf_1"}) == 204
    assert said(letter, "Delivery", Recipient="a@b.c", Metadata={}) == 204
    assert now(order).state == "sent"


def test_nobody_but_the_provider_is_believed(order: Order, letter: Notification, settings: Settings) -> None:
    delivered = {"Recipient": "ada@example.com", "DeliveredAt": "2026-11-23T12:00:00Z"}
    assert said(letter, "Delivery", secret="postmark:another", **delivered) == 400
    assert said(letter, "Delivery", provider="mailgun", **delivered) == 404
    mail_by(settings, "django.core.mail.backends.locmem.EmailBackend")
    assert said(letter, "Delivery", **delivered) == 404
    mail_by(settings, BY_POSTMARK)
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": None}
    assert said(letter, "Delivery", **delivered) == 404
    assert now(order).state == "sent"


def test_an_address_that_the_provider_refuses_is_not_tried_again(order: Order, postmark: Receiver) -> None:
    postmark.answers = [422]
    inactive = "Found inactive addresses: ada@example.com. Inactive recipients are ones that have bounced."
    postmark.body = json.dumps({"ErrorCode": 406, "Message": inactive})
    hear(confirmation_of(order))
    settle()

    assert (now(order).state, now(order).problem) == ("bounced", "refused by the provider")
    assert len(postmark.came) == 1


def test_a_provider_that_is_not_well_is_tried_again(order: Order, postmark: Receiver) -> None:
    postmark.answers = [503, 200]
    hear(confirmation_of(order))
    settle()

    assert (now(order).state, len(postmark.came)) == ("sent", 2)
