"""What the catalog does. Offering runs in its caller's transaction."""

from collections.abc import Sequence

from django.db.models import QuerySet

from modules.catalog.contracts import NewProduct, NoPriceInCurrency, NotForSale, ProductId, Quote, SkuTaken
from modules.catalog.contracts import Variant as OfferedVariant
from modules.catalog.models import Price, Product, Variant


def quote(skus: Sequence[str], *, currency: str) -> list[Quote]:
    """In the order asked, in two queries. Raises NotForSale or NoPriceInCurrency."""
    variants = Variant.objects.filter(product__active=True).in_bulk(list(set(skus)))
    prices = {price.variant_id: price.money for price in Price.objects.filter(variant__in=variants, currency=currency)}
    for sku in skus:
        if sku not in variants:
            raise NotForSale(sku=sku)
        if sku not in prices:
            raise NoPriceInCurrency(sku=sku, currency=currency)
    return [Quote(sku=sku, name=variants[sku].name, unit_price=prices[sku]) for sku in skus]


def for_sale(*, currency: str) -> QuerySet[Product]:
    """What has a price in this currency, with its variants."""
    return Product.objects.sold_in(currency).priced_in(currency)


def find(product_id: str, *, currency: str) -> Product | None:
    """On sale or not any more; the variants that have a price in this currency come along."""
    return Product.objects.priced_in(currency).filter(pk=product_id).first()


def offer(offered: NewProduct) -> Product:
    """Put on sale, or bring up to date. Raises SkuTaken."""
    product = _known_product(offered) or Product(id=ProductId.new())
    product.name, product.description, product.active = offered.name, offered.description, True
    product.save()
    for variant in offered.variants:
        _put_on_sale(product, variant)
    return Product.objects.priced_in(offered.currency).get(pk=product.pk)


def _known_product(offered: NewProduct) -> Product | None:
    """The one that these SKUs belong to. Raises SkuTaken when they belong to several."""
    skus = [variant.sku for variant in offered.variants]
    known = list(Variant.objects.filter(sku__in=skus).select_related("product"))
    for variant in known[1:]:
        if variant.product_id != known[0].product_id:
            raise SkuTaken(sku=variant.sku)
    return known[0].product if known else None


def _put_on_sale(product: Product, offered: OfferedVariant) -> None:
    Variant.objects.update_or_create(sku=offered.sku, defaults={"product": product, "name": offered.name})
    Price.objects.update_or_create(
        variant_id=offered.sku, currency=offered.price.currency, defaults={"amount": offered.price.amount}
    )
