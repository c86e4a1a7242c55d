"""The catalog facade, kept by our own services."""

from modules.catalog import prices, services, sheets
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
)
from modules.catalog.facade import Catalog


class LocalCatalog(Catalog):
    """Contracts in, contracts out; the rows stay here."""

    def quote(self, skus: list[Sku], *, currency: Currency) -> list[Quote]:
        return services.quote(skus, currency=currency)

    def browse(self, *, currency: Currency = "EUR", limit: int = 50) -> list[Product]:
        return self.search("", currency=currency, limit=limit)

    def search(self, words: str, *, currency: Currency = "EUR", limit: int = 50) -> list[Product]:
        newest_first = services.for_sale(currency=currency, words=words).order_by("-id")
        return [product.to_contract() for product in newest_first[:limit]]

    def prices_of(self, sku: Sku) -> list[PricePeriod]:
        return [price.to_contract() for price in prices.of(sku)]

    def offer(self, product: NewProduct, *, key: str) -> Product:
        return services.offer(product).to_contract()

    def set_price(self, request: SetPrice, *, key: str) -> list[PricePeriod]:
        return [price.to_contract() for price in prices.set_price(request)]

    def withdraw(self, named: OnSale, *, key: str) -> Standing:
        return services.set_active(named, active=False)

    def put_back(self, named: OnSale, *, key: str) -> Standing:
        return services.set_active(named, active=True)

    def import_file(self, request: ImportFile, *, key: str) -> ImportReport:
        return sheets.import_file(request.text)
