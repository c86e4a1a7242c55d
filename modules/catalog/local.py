"""The catalog facade, kept by our own services."""

from modules.catalog import services
from modules.catalog.contracts import Currency, NewProduct, Product, Quote, Sku
from modules.catalog.facade import Catalog


class LocalCatalog(Catalog):
    """Contracts in, contracts out; the rows stay here."""

    def quote(self, skus: list[Sku], *, currency: Currency) -> list[Quote]:
        return services.quote(skus, currency=currency)

    def browse(self, *, currency: Currency = "EUR", limit: int = 50) -> list[Product]:
        newest_first = services.for_sale(currency=currency).order_by("-id")
        return [product.to_contract() for product in newest_first[:limit]]

    def offer(self, product: NewProduct, *, key: str) -> Product:
        return services.offer(product).to_contract()
