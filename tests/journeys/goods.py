"""What the shop of the journeys sells, and how it gets there: through the facades, as from any back office."""

from modules.catalog.contracts import NewProduct, NewVariant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from tearline.contracts import Money

SHELF = {"MUG-BLUE": (1450, 10), "MUG-GOLD": (4900, 3)}
"""By SKU: its price in cents, and how many lie on the shelf."""


def fill_the_shelf() -> None:
    for sku, (cents, pieces) in SHELF.items():
        offer(sku, cents)
        inventory.receive(ReceiveStock(sku=sku, quantity=pieces, reference="opening"), key=f"opening.{sku}")


def offer(sku: str, cents: int) -> None:
    variant = NewVariant(sku=sku, name=sku.replace("-", " ").title(), price=Money(amount=cents, currency="EUR"))
    catalog.offer(NewProduct(name=variant.name, variants=[variant]), key=f"offer.{sku}.{cents}")
