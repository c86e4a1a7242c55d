"""Products over REST: to read."""

from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from modules.catalog import services
from modules.catalog.contracts import Currency, Product, ProductId
from tearline.api import KeyedRequest, Page, PageAsked, Problem, key_with, paged

router = Router(tags=["catalog"])
prefixes = ("/products",)


class ProductsAsked(PageAsked):
    """Which products."""

    currency: Currency = Field(default="EUR", description="Only what has a price in this currency.")


class MoneyAsked(BaseModel):
    """For which money."""

    model_config = ConfigDict(frozen=True)

    currency: Currency = Field(default="EUR", description="Only the variants that have a price in this currency.")


@router.get("/products", auth=key_with("catalog:read"), response=Page[Product])
def list_products(request: KeyedRequest, asked: Query[ProductsAsked]) -> Page[Product]:
    """What is for sale, newest first."""
    found = services.for_sale(currency=asked.currency)
    return paged(found, asked, show=lambda product: product.to_contract())


@router.get("/products/{product_id}", auth=key_with("catalog:read"), response=Product)
def get_product(request: KeyedRequest, product_id: ProductId, asked: Query[MoneyAsked]) -> Product:
    """One product, for sale or not any more."""
    product = services.find(product_id, currency=asked.currency)
    if product is None:
        raise Problem(404, "not_found", f"There is no product {product_id}.")
    return product.to_contract()
