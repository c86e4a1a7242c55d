"""Letters arrive, once if they can, and trouble with mail stays with mail."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator, Sequence
from email.message import EmailMessage as Parsed
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from modules.notifications import models, services
from modules.notifications.adapters import mail
from modules.notifications.contracts import Notification
from modules.notifications.facade import notifications
from modules.notifications.tests.mailing import BY_SMTP, mail_by
from modules.notifications.tests.peers import (
    KnownOrders,
    cancellation_of,
    confirmation_of,
    hear,
    shipment_of,
    stock_ran_out_for,
)
from modules.orders.contracts import Order
from tearline.contracts import Unavailable
from tearline.facades import acting_as
from tearline.models import CommandKey, TaskRow
from tearline.resilience import NotAsked, policy_for
from tearline.testing import settle


def test_the_customer_of_a_confirmed_order_gets_a_letter(order: Order, mailbox: Path) -> None:
    hear(confirmation_of(order))
    settle()

    [letter] = arrived(mailbox)
    assert letter["To"] == "ada@example.com"
    assert letter["Subject"] == f"Your order {order.id} is confirmed"
    assert "2 x Blue mug: €19.98" in text_of(letter)
    notification = only_one(order)
    assert (notification.state, notification.recipient_hint) == ("sent", "a***@example.com")
    assert notification.sent_at is not None


def test_a_cancelled_orders_customer_is_told_why(order: Order, mailbox: Path) -> None:
    hear(cancellation_of(order))
    settle()

    [letter] = arrived(mailbox)
    assert "The card was declined." in text_of(letter)


def test_the_customer_is_told_the_tracking_number(order: Order, mailbox: Path) -> None:
    hear(shipment_of(order))
    settle()

    [letter] = arrived(mailbox)
    assert "SIM000000000042" in text_of(letter)


def test_the_staff_is_told_what_ran_out_and_needs_no_order_for_it(
    order: Order, orders: KnownOrders, mailbox: Path, settings: Settings
) -> None:
    settings.SHOP_STAFF_EMAIL = "storeroom@example.com"
    orders.absences = 1
    hear(stock_ran_out_for(order))
    settle()

    assert orders.absences == 1

    [letter] = arrived(mailbox)
    assert letter["To"] == "storeroom@example.com"
    assert letter["Subject"] == "MUG-BLUE ran out"
    assert "3 were missing" in text_of(letter)


def test_a_letter_that_was_sent_is_not_sent_again(order: Order, mailbox: Path) -> None:
    hear(confirmation_of(order))
    settle()
    with acting_as("notifications"):
        services.send(only_one(order).id)

    assert len(arrived(mailbox)) == 1


def test_what_was_sent_stays_sent_when_a_slow_worker_reports_a_failure(order: Order, mailbox: Path) -> None:
    hear(confirmation_of(order))
    settle()
    models.Notification.objects.get(order_id=order.id).failed()

    assert only_one(order).state == "sent"


def test_a_failing_mail_server_is_tried_again(
    order: Order, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Unsteady, "failures_to_come", 2)
    monkeypatch.setattr(Unsteady, "accepted", [])
    mail_by(settings, f"{__name__}.Unsteady")
    hear(confirmation_of(order))
    settle()

    assert [letter.to for letter in Unsteady.accepted] == [["ada@example.com"]]
    assert only_one(order).state == "sent"


def test_a_mail_server_that_is_gone_leaves_a_parked_letter_and_touches_no_order(
    order: Order, settings: Settings
) -> None:
    mail_by(settings, BY_SMTP, host="127.0.0.1", port=1)  # nobody listens there
    hear(confirmation_of(order))
    settle()

    assert only_one(order).state == "failed"
    [task] = TaskRow.objects.using("notifications").all()
    assert task.parked_at is not None
    assert "ConnectionRefusedError" in task.error
    assert not any(CommandKey.objects.using(module).exists() for module in settings.TEARLINE_TOPOLOGY.hosted)


def test_a_letter_waits_while_orders_is_away(order: Order, orders: KnownOrders, mailbox: Path) -> None:
    orders.absences = 2
    hear(confirmation_of(order))
    settle()

    assert only_one(order).state == "sent"
    assert len(arrived(mailbox)) == 1


class KeepsAll(Message):
    """What the mail server does with a letter; `refusals` come first."""

    refusals: ClassVar[list[str]] = []

    def __init__(self, kept: list[Parsed]) -> None:
        super().__init__(Parsed)
        self.kept = kept

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        self.kept.append(message)


@pytest.fixture
def smtp(settings: Settings) -> Iterator[list[Parsed]]:
    """A mail server of our own, on a port that was free; what it was given."""
    given: list[Parsed] = []
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(KeepsAll(given), loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    host, port = server.sockets[0].getsockname()
    mail_by(settings, BY_SMTP, host=host, port=port)
    yield given
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_letter_goes_through_a_real_mail_server(order: Order, smtp: list[Parsed]) -> None:
    hear(confirmation_of(order))
    settle()

    [letter] = smtp
    assert letter["X-RcptTo"] == "ada@example.com"
    assert letter["Message-ID"] == f"<{only_one(order).id}@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "multipart/alternative"


def test_an_address_that_the_mail_server_does_not_know_is_not_tried_again(
    order: Order, smtp: list[Parsed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeepsAll, "refusals", ["451 try later", "550 no such user"])
    hear(confirmation_of(order))
    settle()

    assert (only_one(order).state, only_one(order).problem) == ("bounced", "refused by the mail server: 550")
    assert (smtp, KeepsAll.refusals) == ([], [])
    assert not TaskRow.objects.using("notifications").filter(parked_at__isnull=False).exists()


def test_a_mail_server_that_does_not_answer_is_left_alone_for_a_while(order: Order, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"tries": 1, "open_for": 60}  # longer than it takes to ask again
    mail_by(settings, BY_SMTP, host="127.0.0.1", port=1)  # nobody listens there
    for _ in range(policy_for(mail.TARGET).policy.failures):
        with pytest.raises(Unavailable, match="Connection refused"):
            mail.send(a_letter())

    with pytest.raises(NotAsked, match=r"notifications\.mail was not asked: circuit open"):
        mail.send(a_letter())


def test_a_mail_server_that_refuses_recipients_is_well(
    db: None, smtp: list[Parsed], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = 2 * policy_for(mail.TARGET).policy.failures
    monkeypatch.setattr(KeepsAll, "refusals", ["550 no such user"] * refusals)

    assert {mail.send(a_letter()) for _ in range(refusals)} == {"refused by the mail server: 550"}
    assert mail.send(a_letter()) == ""


def a_letter() -> EmailMultiAlternatives:
    return EmailMultiAlternatives("Hello", "Good day.", to=["ada@example.com"])


class Unsteady(BaseEmailBackend):
    """A mail server that refuses so many times, then takes everything."""

    failures_to_come = 0
    accepted: list[EmailMessage] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if Unsteady.failures_to_come:
            Unsteady.failures_to_come -= 1
            raise OSError("try later")
        Unsteady.accepted.extend(email_messages)
        return len(email_messages)


def arrived(mailbox: Path) -> list[Parsed]:
    """What the file backend wrote: letters, each with a line of dashes below."""
    parse = email.message_from_bytes
    letters = [text for file in sorted(mailbox.glob("*.log")) for text in file.read_bytes().split(b"-" * 79 + b"\n")]
    return [parse(text, policy=email.policy.default) for text in letters if text.strip()]


def text_of(letter: Parsed) -> str:
    """Of a letter that can be read as text or as HTML."""
    assert letter.get_content_type() == "multipart/alternative"
    [text, html] = letter.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return str(text.get_content())


def only_one(order: Order) -> Notification:
    [notification] = notifications.notifications_of(order.id)
    return notification
