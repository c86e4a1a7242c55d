"""What the letters say."""

from typing import get_args

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from modules.notifications import letters
from modules.notifications.models import Notification
from modules.notifications.tests.peers import KnownOrders, new_order
from modules.orders.contracts import Order
from tearline.contracts import EventId, Money


def about(order: Order, template: str = "confirmation", **facts: str | int) -> Notification:
    recipient = letters.recipient_of(template)
    return Notification(event_id=EventId.new(), order_id=order.id, template=template, recipient=recipient, facts=facts)


def written(notification: Notification) -> EmailMultiAlternatives:
    return letters.write(notification, letters.facts_of(notification))


def html_of(letter: EmailMultiAlternatives) -> str:
    [(html, kind)] = letter.alternatives
    assert kind == "text/html"
    return str(html)


@pytest.mark.parametrize("locale", letters.LOCALES)
@pytest.mark.parametrize("template", get_args(letters.Template))
def test_every_letter_says_the_same_in_text_and_html(
    order: Order, settings: Settings, template: str, locale: str
) -> None:
    settings.SHOP_NAME, settings.SHOP_LOCALE = "Mugs & More", locale
    facts: dict[str, str | int] = {
        "sku": "MUG-BLUE",
        "missing": 3,
        "reason": "It was lost.",
        "carrier": "Parcel",
        "tracking_number": "S42",
        "amount": 999,
        "currency": "EUR",
    }
    letter = written(about(order, template, **facts))
    html = html_of(letter)

    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.body.endswith("Mugs & More\n")
    assert f"<title>{letter.subject}</title>" in html
    assert f'<html lang="{locale}">' in html
    assert "Mugs &amp; More" in html
    for each in ("It was lost.", "Parcel", "S42", "MUG-BLUE", order.ship_to.name, order.ship_to.postal_code):
        assert (each in letter.body) == (each in html), each


@pytest.mark.parametrize(("locale", "written_there"), [("en", "€9.99"), ("de", "9,99\xa0€")])
def test_what_is_given_back_is_written_as_it_is_there(
    order: Order, settings: Settings, locale: str, written_there: str
) -> None:
    settings.SHOP_LOCALE = locale
    letter = written(about(order, "refund", amount=999, currency="EUR"))
    assert written_there in letter.body
    assert written_there in html_of(letter)


def test_a_name_is_written_as_its_owner_writes_it_and_is_no_markup(orders: KnownOrders) -> None:
    order = new_order(name="Róisín O'Brien <b>")
    orders.learn(order)
    letter = written(about(order))

    assert "Hello Róisín O'Brien <b>," in letter.body
    assert "Hello Róisín O&#x27;Brien &lt;b&gt;," in html_of(letter)


@pytest.mark.parametrize(
    ("money", "locale", "told"),
    [
        (Money(amount=123456, currency="EUR"), "en", "€1,234.56"),
        (Money(amount=123456, currency="EUR"), "de", "1.234,56\N{NO-BREAK SPACE}€"),
        (Money(amount=1999, currency="JPY"), "en", "¥1,999"),
        (Money(amount=1999, currency="KWD"), "en", "KWD1.999"),
    ],
)
def test_a_price_is_written_as_in_its_language(money: Money, locale: str, told: str) -> None:
    assert letters.price(money, locale) == told


def test_a_letter_keeps_its_message_id(order: Order, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Mugs <hello@mugs.example>"
    notification = about(order)

    first, again = written(notification), written(notification)
    assert first.message()["Message-ID"] == again.message()["Message-ID"] == f"<{notification.id}@mugs.example>"


@pytest.mark.parametrize(
    ("address", "masked"),
    [("ada@example.com", "a***@example.com"), ("x@example.com", "x***@example.com"), ("+4930123456", "***56")],
)
def test_an_address_is_masked(address: str, masked: str) -> None:
    assert letters.masked(address) == masked
