"""`manage.py demo`: something to sell, stock to sell it from, and a key to come in with."""

from operator import attrgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modules.catalog.contracts import NewProduct, NewVariant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from tearline.api.keys import development_key
from tearline.contracts import Money
from tearline.facades import acting_as
from tearline.prepared import refuse_unless_prepared

# Part of every key: raise it when an offer or a quantity below changes, as a key stands for one request for ever.
EDITION = 1


class Line(NamedTuple):
    """One SKU of a product: its price in cents of either currency, and how many pieces come in."""

    sku: str
    name: str
    eur: int
    usd: int
    pieces: int


# By product: its name and what is said of it. One line is nearly sold out, to see what happens then.
RANGE: dict[tuple[str, str], list[Line]] = {
    ("Enamel mug", "Holds a third of a litre, survives the campfire."): [
        Line("MUG-BLUE", "Enamel mug, blue", eur=1450, usd=1590, pieces=1000),
        Line("MUG-RED", "Enamel mug, red", eur=1450, usd=1590, pieces=1000),
        Line("MUG-GOLD", "Enamel mug, gilded by hand", eur=4900, usd=5400, pieces=3),
    ],
    ("Linen notebook", "192 pages that take ink well and lie flat."): [
        Line("NOTE-DOTS", "Linen notebook, dotted", eur=1900, usd=2090, pieces=1000),
        Line("NOTE-LINES", "Linen notebook, ruled", eur=1900, usd=2090, pieces=1000),
    ],
    ("Wool blanket", "Woven in one piece, warm on either side."): [
        Line("BLANKET-GREY", "Wool blanket, grey", eur=8900, usd=9800, pieces=1000),
        Line("BLANKET-GREEN", "Wool blanket, green", eur=8900, usd=9800, pieces=1000),
    ],
    ("Brass pen", "Gets better looking every year."): [
        Line("PEN-BRASS", "Brass pen", eur=3200, usd=3500, pieces=1000),
    ],
    ("Cedar pencils", "They smell of the workshop, and sharpen cleanly."): [
        Line("PENCIL-6", "Cedar pencils, six of them", eur=780, usd=860, pieces=1000),
        Line("PENCIL-12", "Cedar pencils, twelve of them", eur=1450, usd=1590, pieces=1000),
    ],
}


class Command(BaseCommand):
    help = "Loads the demo catalog, its stock and a development key. Safe to repeat."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo comes with a key that opens everything, so it is for DEBUG alone.")
        refuse_unless_prepared()
        with acting_as("demo"):
            offer_everything()
            pieces = receive_everything()
        development_key()
        self.stdout.write(
            f"demo: {len(RANGE)} products on sale, {pieces} pieces on the shelf, a development key to come in with"
        )


def offer_everything() -> None:
    for (name, description), lines in RANGE.items():
        for currency, price in (("EUR", attrgetter("eur")), ("USD", attrgetter("usd"))):
            variants = [
                NewVariant(sku=line.sku, name=line.name, price=Money(amount=price(line), currency=currency))
                for line in lines
            ]
            offered = NewProduct(name=name, description=description, variants=variants)
            catalog.offer(offered, key=f"demo.{EDITION}.{lines[0].sku}.{currency}")


def receive_everything() -> int:
    """Once, however often it is called. How many pieces are on the shelf now."""
    lines = [line for lines in RANGE.values() for line in lines]
    for line in lines:
        delivery = ReceiveStock(sku=line.sku, quantity=line.pieces, reference="demo delivery")
        inventory.receive(delivery, key=f"demo.{EDITION}.{line.sku}")
    return sum(level.on_hand for level in inventory.levels([line.sku for line in lines]))
