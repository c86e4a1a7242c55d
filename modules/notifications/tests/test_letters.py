"""What the letters say."""

from typing import get_args

import pytest
from pytest_django import Settings

from modules.notifications import letters
from modules.notifications.models import Notification
from modules.notifications.tests.peers import KnownOrders, new_order
from modules.orders.contracts import Order
from tearline.contracts import EventId


def about(order: Order, template: str = "confirmation", **facts: str | int) -> Notification:
    return Notification(event_id=EventId.new(), order_id=order.id, template=template, facts=facts)


@pytest.mark.parametrize("template", get_args(letters.Template))
def test_every_letter_has_a_subject_a_text_and_the_shops_name(order: Order, settings: Settings, template: str) -> None:
    settings.SHOP_NAME = "Mugs & More"
    letter = letters.write(about(order, template, sku="MUG-BLUE"))

    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.body.endswith("Mugs & More\n")


def test_a_name_is_written_as_its_owner_writes_it(orders: KnownOrders) -> None:
    order = new_order(name="Róisín O'Brien <3")
    orders.learn(order)

    assert "Hello Róisín O'Brien <3," in letters.write(about(order)).body


def test_a_letter_keeps_its_message_id(order: Order, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Mugs <hello@mugs.example>"
    notification = about(order)

    first, again = letters.write(notification), letters.write(notification)
    assert first.message()["Message-ID"] == again.message()["Message-ID"] == f"<{notification.id}@mugs.example>"


@pytest.mark.parametrize(
    ("address", "masked"), [("ada@example.com", "a***@example.com"), ("x@example.com", "x***@example.com")]
)
def test_an_address_is_masked(address: str, masked: str) -> None:
    assert letters.masked(address) == masked
