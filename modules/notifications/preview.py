"""All letters with made-up facts, for whoever writes them: with DEBUG, or as staff by session."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.template.context import Context

from modules.notifications.letters import LOCALES, TEMPLATES, Template, price, rendered, subject_and_text, words_of
from modules.orders.contracts import Address, Order, OrderId, OrderLine
from tearline.api import principal_of
from tearline.content_security import HEADER, allowing
from tearline.contracts import Money

WITH_TEXTS: tuple[Template, ...] = ("stock_ran_out",)
"""Those that go to phones, too."""

_FACTS = {
    "reason": "The card was declined.",
    "carrier": "Simulated Parcel",
    "tracking_number": "SIM000000000042",
    "sku": "MUG-BLUE",
    "missing": 3,
}


def for_the_staff(request: HttpRequest) -> bool:
    return settings.DEBUG or principal_of(request).is_staff


def index() -> HttpResponse:
    """Every template in every locale."""
    letters = [(locale, template) for template in TEMPLATES for locale in LOCALES]
    return _shown("preview_index", letters=letters)


def page(locale: str, template: str) -> HttpResponse | None:
    """One letter. None when there is no such."""
    if locale not in LOCALES or template not in TEMPLATES:
        return None
    order = _sample()
    facts = _FACTS | {"amount": price(order.total, locale)}
    words = {"shop": settings.SHOP_NAME, "order_id": order.id} | facts | words_of(order, locale)
    subject, text = subject_and_text(template, locale, words)
    sms = rendered(template, "sms", locale, words) if template in WITH_TEXTS else ""
    html = rendered(template, "html", locale, words)
    return _shown("preview", locale=locale, template=template, subject=subject, text=text, html=html, sms=sms)


def _shown(part: str, **words: object) -> HttpResponse:
    source = Engine.get_default().get_template(f"notifications/{part}.html")
    return HttpResponse(source.render(Context(words)), headers={HEADER: allowing(style_src="'unsafe-inline'")})


def _sample() -> Order:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    price, total = Money(amount=99950, currency="EUR"), Money(amount=199900, currency="EUR")
    return Order(
        id=OrderId("ord_01jdc3k5v8e1xszq4b7m2n9htw"),
        status="confirmed",
        email="ada@example.com",
        ship_to=Address(
            name="Róisín O'Brien <3",
            line1="12 St James's Square",
            city="London",
            postal_code="SW1Y 4JH",
            country="GB",
        ),
        lines=[OrderLine(sku="MUG-BLUE", name="Blue mug & saucer", quantity=2, unit_price=price, total=total)],
        total=total,
        payment_method="pm_card_ok",
        failure=None,
        created_at=moment,
        updated_at=moment,
    )
