"""What crosses the catalog's facade: offers, products, prices, quotes, files, refusals."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tearline.contracts import Contract, Id, Moment, Money, Refusal, Version, flaw_at

Sku = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,63}$"), Field(examples=["MUG-BLUE"])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
AttributeValue = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]

MOST_ATTRIBUTES = 30
LONGEST_ATTRIBUTE = 64


def _well_named(attributes: dict[str, str]) -> dict[str, str]:
    """In the order of their names."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValueError(f"there are {MOST_ATTRIBUTES} attributes at most")
    for name in attributes:
        if not (0 < len(name) <= LONGEST_ATTRIBUTE and name.isprintable() and name == name.strip()):
            raise ValueError(f"an attribute's name has 1 to {LONGEST_ATTRIBUTE} printable characters")
    return dict(sorted(attributes.items()))


Attributes = Annotated[
    dict[str, AttributeValue],
    AfterValidator(_well_named),
    Field(description=f"By name, {MOST_ATTRIBUTES} at most.", examples=[{"colour": "blue"}]),
]


def _not_negative(price: Money) -> Money:
    if price.amount < 0:
        raise flaw_at("amount", says="a price is not negative")
    return price


Price = Annotated[Money, AfterValidator(_not_negative)]


class ProductId(Id, prefix="prd"):
    """Names a product, which is sold as one or more variants."""


class Variant(Contract):
    """What is sold under one SKU, and what one of it costs.

    Those variants of a product that have attributes differ in them.
    """

    sku: Sku
    name: Name = Field(examples=["Enamel mug, blue"])
    price: Money
    attributes: Attributes | None = None
    active: bool = Field(default=True, strict=True, description="Whether it is for sale, if its product is.")


class NewVariant(Contract):
    """What to sell under one SKU, and what one of it is to cost.

    Those variants of a product that have attributes differ in them.
    """

    sku: Sku
    name: Name = Field(examples=["Enamel mug, blue"])
    price: Price
    attributes: Attributes | None = Field(default=None, description="Null: as they are.")
    active: bool | None = Field(
        default=None,
        strict=True,
        description="Whether it is for sale, if its product is. Null: as it is; what is new is for sale.",
    )


class NewProduct(Contract):
    """What to put on sale: each SKU once, all for the same money. Other money is offered on its own.

    What is withdrawn from sale stays so: it is put back by its own operation.
    """

    name: Name = Field(examples=["Enamel mug"])
    description: Text | None = Field(default=None, description="Null: as it is; of something new, empty.")
    variants: list[NewVariant] = Field(min_length=1, max_length=100)
    attributes: Attributes | None = Field(default=None, description="Null: as they are.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        for n, variant in enumerate(self.variants):
            before = self.variants[:n]
            if variant.sku in [each.sku for each in before]:
                raise flaw_at("variants", n, "sku", says="a SKU stands for one variant")
            if variant.price.currency != self.currency:
                raise flaw_at("variants", n, "price", "currency", says="the prices are in one currency")
            if variant.attributes and variant.attributes in [each.attributes for each in before]:
                raise flaw_at("variants", n, "attributes", says="variants differ in their attributes")
        return self

    @property
    def currency(self) -> str:
        return self.variants[0].price.currency


class Product(Contract):
    """A product, with those of its variants that have a price in the currency asked for."""

    id: ProductId
    name: str = Field(examples=["Enamel mug"])
    description: str = Field(examples=["Holds a third of a litre, survives the campfire."])
    active: bool
    variants: list[Variant]
    attributes: Attributes = {}
    version: int | None = Field(
        default=None,
        description="Grows with each change of it, of a variant or a price; not when the time of a price comes. Null:"
        " told before there were any.",
    )


class OnSale(Contract):
    """What is withdrawn from sale or put back: a product with all its variants, or one variant."""

    product_id: ProductId | None = None
    sku: Sku | None = None
    expected_version: Version = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.product_id is None) == (self.sku is None):
            raise ValueError("name a product or a SKU")
        return self


class Standing(Contract):
    """Whether something is for sale. A variant is if it is active, and its product too."""

    product_id: ProductId
    product_active: bool
    sku: Sku | None = Field(description="Null: the product was meant.")
    variant_active: bool | None
    version: int | None = Field(default=None, description="The product's. Null: told before there were any.")


class NewPrice(Contract):
    """A price for a while: from now on unless `valid_from` is later, and for good unless it ends. To the second.

    It takes the place of whatever was to be valid in that time. What was valid before, and is to be after, stays so.
    """

    price: Price
    valid_from: Moment | None = Field(default=None, description="Null: now.")
    valid_until: Moment | None = Field(default=None, description="Not included. Null: for good.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise flaw_at("valid_until", says="a price ends after it begins")
        return self


class SetPrice(NewPrice):
    """A price of a SKU, for a while."""

    sku: Sku


class PricePeriod(Contract):
    """What one of a SKU costs, in [valid_from, valid_until)."""

    sku: Sku
    price: Money
    valid_from: datetime
    valid_until: datetime | None


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


class VariantsAlike(Refusal, says="{sku} and {other} have the same attributes.", status=409):
    """Two variants of one product could not be told apart."""

    sku: str
    other: str


class ProductNotFound(Refusal, says="There is no product {product_id}.", status=404):
    """No product was ever offered under this id."""

    product_id: str


class StaleProduct(
    Refusal, says="Product {product_id} is at version {version} and not {expected} any more.", status=409
):
    """It, one of its variants or a price was changed meanwhile. Look at it again."""

    product_id: str
    expected: int
    version: int


class SkuNotFound(Refusal, says="Nothing was ever offered under {sku}.", status=404):
    """The catalog has no variant of this SKU."""

    sku: str


class PriceIsOver(Refusal, says="A price of {sku} that ended before now cannot be set.", status=422):
    """What something has cost is not changed."""

    sku: str


# Files

MOST_ROWS = 500
"""Rows of a file that is imported, and of a part of the catalog that is exported."""


class ImportFile(Contract):
    """The text of a CSV file."""

    text: str = Field(max_length=250_000)


class RowRefused(Contract):
    """Why nothing was done about a row."""

    code: str = Field(examples=["catalog.row_invalid"])
    detail: str = Field(examples=["The price is not a whole number."])


class ImportedRow(Contract):
    """What came of one row. `line`: where it begins in the file, whose header is line 1."""

    line: int
    sku: str = Field(description="As the file has it.", examples=["MUG-BLUE"])
    outcome: Literal["created", "updated", "unchanged", "refused"]
    refused: RowRefused | None = None


class ImportReport(Contract):
    """What came of each row of a file, in its order."""

    created: int
    updated: int
    unchanged: int
    refused: int
    rows: list[ImportedRow]


class FileNotUnderstood(Refusal, says="Line {line}: {reason}", status=422):
    """The file as a whole cannot be read. Nothing was done."""

    line: int
    reason: str


class RowInvalid(Refusal, says="{reason}"):
    """A row that breaks a rule by itself, whatever the catalog holds."""

    reason: str
