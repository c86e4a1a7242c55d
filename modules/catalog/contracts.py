"""What crosses the catalog's facade: offers, products, quotes, refusals."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from tearline.contracts import Contract, Id, Money, Refusal

Sku = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,63}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class ProductId(Id, prefix="prd"):
    """Names a product, which is sold as one or more variants."""


class Variant(Contract):
    """What is sold under one SKU, and what one of it costs."""

    sku: Sku
    name: Name
    price: Money


class NewProduct(Contract):
    """What to put on sale: each SKU once, all for the same money. Other money is offered on its own."""

    name: Name
    description: Text = ""
    variants: list[Variant] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if len({variant.sku for variant in self.variants}) < len(self.variants):
            raise ValueError("a SKU stands for one variant")
        if len({variant.price.currency for variant in self.variants}) > 1:
            raise ValueError("the prices are in one currency")
        if any(variant.price.amount < 0 for variant in self.variants):
            raise ValueError("a price is not negative")
        return self

    @property
    def currency(self) -> str:
        return self.variants[0].price.currency


class Product(Contract):
    """A product, with those of its variants that have a price in the currency asked for."""

    id: ProductId
    name: str
    description: str
    active: bool
    variants: list[Variant]


class Quote(Contract):
    """What one of a SKU costs now."""

    sku: Sku
    name: str
    unit_price: Money


class NotForSale(Refusal, says="{sku} is not for sale.", status=422):
    """Nobody sells this SKU, or not any more."""

    sku: str


class NoPriceInCurrency(Refusal, says="{sku} has no price in {currency}.", status=422):
    """It is for sale, for other money."""

    sku: str
    currency: str


class SkuTaken(Refusal, says="{sku} belongs to another product.", status=409):
    """An offer joins SKUs of two products that are on sale apart."""

    sku: str
