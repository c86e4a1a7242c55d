"""Texts to phones: by the simulated carrier, and by Twilio over HTTP."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings

from modules.notifications.adapters.simulated import NOBODYS, SimulatedTexts
from modules.notifications.contracts import Notification
from modules.notifications.facade import notifications
from modules.notifications.tests.peers import hear, stock_ran_out_for
from modules.notifications.tests.receiver import Receiver, receiving
from modules.orders.contracts import Order
from tearline.models import TaskRow
from tearline.testing import settle

PHONE = "+4930123456"


@pytest.fixture
def texted(order: Order, mailbox: Path, settings: Settings, tmp_path: Path) -> Order:
    """An order for which something ran out, in a shop whose staff has a phone."""
    settings.SHOP_STAFF_PHONE = PHONE
    settings.VAR = tmp_path
    return order


@pytest.fixture
def twilio(settings: Settings) -> Iterator[Receiver]:
    """A web server that answers as Twilio's documentation of its Messages resource says."""
    with receiving() as twilio:
        twilio.answers = [201]
        twilio.body = json.dumps({"sid": "SM1", "status": "queued", "error_code": None})
        settings.NOTIFICATIONS_TEXTS = "modules.notifications.adapters.twilio.TwilioTexts"
        settings.NOTIFICATIONS_TWILIO_ACCOUNT, settings.NOTIFICATIONS_TWILIO_TOKEN = "AC1", "token"
        settings.NOTIFICATIONS_TWILIO_FROM = "+15005550006"
        settings.NOTIFICATIONS_TWILIO_URL = twilio.url.removesuffix("/hooks")
        yield twilio


def run_out(order: Order) -> Notification:
    """The notification by text. The one by e-mail goes its own way."""
    event = stock_ran_out_for(order)
    hear(event)
    hear(event)
    settle()
    letter, text = notifications.notifications_of(order.id)
    assert (letter.channel, letter.state, text.channel) == ("email", "sent", "sms")
    return text


def test_the_staff_gets_a_text_where_it_has_a_phone(texted: Order) -> None:
    told = run_out(texted)

    assert (told.state, told.recipient_hint) == ("sent", "***56")
    [text] = SimulatedTexts().sent()
    assert (text.reference, text.to) == (told.id, PHONE)
    assert text.body == f"Tearline Shop: MUG-BLUE ran out. 3 were missing for {texted.id}."


def test_a_number_that_no_text_gets_to_is_not_tried_again(texted: Order, settings: Settings) -> None:
    settings.SHOP_STAFF_PHONE = NOBODYS

    assert run_out(texted).state == "bounced"


def test_twilio_is_asked_as_it_wants_to_be(texted: Order, twilio: Receiver) -> None:
    assert run_out(texted).state == "sent"
    [(headers, body)] = twilio.came
    asked = {name: value for name, [value] in parse_qs(body.decode()).items()}
    assert headers["authorization"] == f"Basic {b64encode(b'AC1:token').decode()}"
    assert (asked["To"], asked["From"]) == (PHONE, "+15005550006")
    assert asked["Body"].startswith("Tearline Shop: MUG-BLUE ran out.")


def test_a_number_that_twilio_refuses_is_not_tried_again(texted: Order, twilio: Receiver) -> None:
    twilio.answers, twilio.body = [400], json.dumps({"code": 21211, "message": "Invalid 'To'", "status": 400})
    told = run_out(texted)

    assert (told.state, told.problem) == ("bounced", "refused by Twilio: 21211")
    assert len(twilio.came) == 1


def test_twilio_is_tried_again_when_it_is_not_well(texted: Order, twilio: Receiver) -> None:
    twilio.answers, twilio.body = [503, 503, 201], json.dumps({"code": 20503, "message": "no", "sid": "SM1"})

    assert run_out(texted).state == "sent"
    assert len(twilio.came) == 3
    assert not TaskRow.objects.using("notifications").filter(parked_at__isnull=False).exists()
