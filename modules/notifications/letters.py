"""What the letters say, and to whom. The words are in `templates/notifications/<locale>/`, a folder for each language.

`<template>.txt` has the subject first, then the text; `<template>.html` the same for whoever reads HTML, inside
`letter.html`, which gives all letters their look; `<template>.sms` the text for phones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parseaddr
from typing import Any, Literal, get_args

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from modules.notifications.contracts import Channel, Recipient
from modules.notifications.models import Notification
from modules.orders.contracts import Order
from modules.orders.facade import orders
from tearline.contracts import Money

Template = Literal["confirmation", "cancellation", "expired", "shipment", "dispatched", "refund", "stock_ran_out"]
TEMPLATES: tuple[Template, ...] = get_args(Template)
TO_STAFF: frozenset[Template] = frozenset({"stock_ran_out"})
REFUSABLE: frozenset[Template] = frozenset({"shipment", "dispatched", "stock_ran_out"})
"""What a recipient may do without. All others tell of what they have paid for, or will not get."""

LOCALES = ("en", "de")
Part = Literal["txt", "html", "sms"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Where a letter goes, and what it is written from."""

    address: str
    locale: str
    words: Mapping[str, Any]


def recipient_of(template: str) -> Recipient:
    return "staff" if template in TO_STAFF else "customer"


def facts_of(notification: Notification) -> Facts:
    """Asks orders who the customer is: raises what its `find` raises."""
    locale = settings.SHOP_LOCALE
    told = {"shop": settings.SHOP_NAME, "order_id": notification.order_id} | notification.facts
    if "amount" in told:
        told["amount"] = price(Money(amount=told["amount"], currency=told["currency"]), locale)
    if notification.recipient == "staff":
        return Facts(address=_address_of_the_staff(notification.channel), locale=locale, words=told)
    order = orders.find(notification.order_id)
    return Facts(address=order.email, locale=locale, words=told | words_of(order, locale))


def write(notification: Notification, facts: Facts) -> EmailMultiAlternatives:
    """The letter, ready to be sent."""
    subject, text = subject_and_text(notification.template, facts.locale, facts.words)
    letter = EmailMultiAlternatives(subject, text, to=[facts.address], headers=_headers(notification))
    letter.attach_alternative(rendered(notification.template, "html", facts.locale, facts.words), "text/html")
    letter.metadata = {"notification": notification.id}  # type: ignore[attr-defined]  # for django-anymail's backends
    return letter


def words_of(order: Order, locale: str) -> dict[str, Any]:
    """What a letter may say of an order."""
    lines = [{"quantity": line.quantity, "name": line.name, "total": price(line.total, locale)} for line in order.lines]
    return {"ship_to": order.ship_to, "lines": lines, "total": price(order.total, locale)}


def subject_and_text(template: str, locale: str, words: Mapping[str, Any]) -> tuple[str, str]:
    subject, _, text = rendered(template, "txt", locale, words).partition("\n\n")
    return subject.removeprefix("Subject: "), text


def rendered(template: str, part: Part, locale: str, words: Mapping[str, Any]) -> str:
    """In HTML nothing that was told is markup; in plain text an O'Brien keeps the apostrophe."""
    source = Engine.get_default().get_template(f"notifications/{locale}/{template}.{part}")
    return source.render(Context({**words, "locale": locale}, autoescape=part == "html"))


def price(money: Money, locale: str) -> str:
    """As it is written there: €19.98, 19,98 €."""
    amount = Decimal(money.amount).scaleb(-get_currency_precision(money.currency))
    return format_currency(amount, money.currency, locale=locale)


def masked(address: str) -> str:
    """Enough to recognise an address by, not enough to write to it: `a***@example.com`, `***42` of a phone."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}" if at else f"***{address[-2:]}"


def _address_of_the_staff(channel: Channel) -> str:
    return settings.SHOP_STAFF_PHONE if channel == "sms" else settings.SHOP_STAFF_EMAIL


def _headers(notification: Notification) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    # The same letter keeps its name when it is sent again, so that whoever gets it twice can tell.
    return {"Message-ID": f"<{notification.id}@{domain}>", "Auto-Submitted": "auto-generated"}
