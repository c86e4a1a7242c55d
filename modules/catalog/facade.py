"""The only way to ask the catalog for something."""

from typing import Protocol

from modules.catalog.contracts import Currency, NewProduct, Product, Quote, Sku
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

    @command
    def offer(self, product: NewProduct, *, key: str) -> Product:
        """Put a product on sale; when its SKUs are known, bring name, description and prices up to date.

        Variants and currencies that it does not name stay as they are. Raises SkuTaken.
        """
        ...


catalog: Catalog = facade_for(Catalog)
