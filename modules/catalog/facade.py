"""The only way to ask the catalog for something."""

from typing import Annotated, Protocol

from pydantic import Field

from modules.catalog.contracts import (
    Currency,
    ImportFile,
    ImportReport,
    NewProduct,
    OnSale,
    PricePeriod,
    Product,
    Quote,
    SetPrice,
    Sku,
    Standing,
    Words,
)
from tearline.facades import command, facade_for, query


class Catalog(Protocol):
    """Says what is for sale and what one of it costs. Never how many there are."""

    @query
    def quote(self, skus: list[Sku], *, currency: Currency) -> list[Quote]:
        """What one of each costs now, in the order asked. Raises NotForSale or NoPriceInCurrency."""
        ...

    @query
    def browse(self, *, currency: Currency = "EUR", limit: int = 50) -> list[Product]:
        """The newest products that are for sale in this currency, at most `limit`."""
        ...

    @query
    def search(
        self, words: Words, *, currency: Currency = "EUR", limit: Annotated[int, Field(ge=1, le=100)] = 50
    ) -> list[Product]:
        """The newest of those for sale that hold all of these words, at most `limit`.

        In full or in part, in the name, the description, the SKUs or what the attributes say.
        """
        ...

    @query
    def prices_of(self, sku: Sku) -> list[PricePeriod]:
        """What it costs now and what is announced, by currency, then by time. Raises SkuNotFound."""
        ...

    @command
    def offer(self, product: NewProduct, *, key: str) -> Product:
        """Put a product on sale; when its SKUs are known, bring names and prices up to date, and what else it says.

        Its prices are valid from now on, in place of what was announced for later. What it does not say stays as it
        is: the description, attributes, other variants and currencies, and whether it is withdrawn from sale. Raises
        SkuTaken, VariantsAlike.
        """
        ...

    @command
    def set_price(self, request: SetPrice, *, key: str) -> list[PricePeriod]:
        """Announce a price, or change it now. What it costs now and what is announced.

        Raises SkuNotFound, PriceIsOver.
        """
        ...

    @command
    def withdraw(self, named: OnSale, *, key: str) -> Standing:
        """Take a product or a variant off sale: no longer browsed nor quoted.

        Raises ProductNotFound, SkuNotFound, StaleProduct.
        """
        ...

    @command
    def put_back(self, named: OnSale, *, key: str) -> Standing:
        """Have it on sale again. Raises ProductNotFound, SkuNotFound, StaleProduct."""
        ...

    @command
    def import_file(self, request: ImportFile, *, key: str) -> ImportReport:
        """Enter a CSV file, row by row: a row that is refused does not stop the others. Raises FileNotUnderstood."""
        ...


catalog: Catalog = facade_for(Catalog)
