"""Orders among its real peers: a catalog with prices, shelves with stock."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from modules.catalog.contracts import NewProduct, NewVariant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import Address, Order, PlaceOrder
from modules.orders.facade import orders
from tearline.contracts import Money

Place = Callable[..., Order]
ADA = Address(name="Ada Lovelace", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")


def offer(sku: str, amount: int, *, currency: str = "EUR", key: str | None = None) -> None:
    variant = NewVariant(sku=sku, name=sku.capitalize(), price=Money(amount=amount, currency=currency))
    catalog.offer(NewProduct(name=sku.capitalize(), variants=[variant]), key=key or f"{sku}.{currency}.{amount}")


@pytest.fixture(params=["direct", "wire"])
def shop(request: pytest.FixtureRequest, settings: Settings, db: None) -> None:
    """Mugs and stickers are for sale, ten of each."""
    settings.TEARLINE_FACADES = request.param
    for sku, amount in (("MUG", 999), ("STICKER", 150), ("FLYER", 0)):
        offer(sku, amount)
        inventory.receive(ReceiveStock(sku=sku, quantity=10, reference="opening"), key=f"opening.{sku}")


@pytest.fixture
def place(shop: None) -> Place:
    """Place an order as a customer would: place(MUG=2, card=…, key=…)."""

    def place(
        *, card: str = "pm_card_ok", key: str = "k1", currency: str = "EUR", to: str = ADA.postal_code, **lines: int
    ) -> Order:
        request = PlaceOrder.model_validate(
            {
                "email": "ada@example.com",
                "ship_to": ADA.model_copy(update={"postal_code": to}),
                "currency": currency,
                "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()],
                "payment_method": card,
            }
        )
        return orders.place(request, key=key)

    return place
