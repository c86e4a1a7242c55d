"""What the tests here put on sale."""

from modules.catalog.contracts import NewProduct, NewVariant
from tearline.contracts import Money


def mugs(*, eur: int | None = None, usd: int | None = None, name: str = "Mug") -> NewProduct:
    """A blue and a red one, for either money."""
    price = Money(amount=usd, currency="USD") if usd is not None else Money(amount=eur or 0, currency="EUR")
    return NewProduct(
        name=name,
        description="Holds tea.",
        variants=[
            NewVariant(sku="MUG-BLUE", name="Mug, blue", price=price),
            NewVariant(sku="MUG-RED", name="Mug, red", price=price),
        ],
    )


def pen(*, eur: int) -> NewProduct:
    return NewProduct(name="Pen", variants=[NewVariant(sku="PEN", name="Pen", price=Money(amount=eur, currency="EUR"))])
