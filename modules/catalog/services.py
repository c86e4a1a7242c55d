"""What the catalog does. Every function that changes something runs in its caller's transaction."""

from collections.abc import Mapping, Sequence

from django.db.models import Model, QuerySet

from modules.catalog import prices
from modules.catalog.contracts import (
    NewProduct,
    NoPriceInCurrency,
    NotForSale,
    OnSale,
    ProductId,
    ProductNotFound,
    Quote,
    SkuNotFound,
    SkuTaken,
    Standing,
    VariantsAlike,
)
from modules.catalog.models import Price, Product, Turn, Variant

# What is for sale


def quote(skus: Sequence[str], *, currency: str) -> list[Quote]:
    """In the order asked, in two queries. Raises NotForSale or NoPriceInCurrency."""
    variants = Variant.objects.filter(active=True, product__active=True).in_bulk(list(set(skus)))
    valid = Price.objects.valid().filter(variant__in=variants, currency=currency)
    costs = {price.variant_id: price.money for price in valid}
    for sku in skus:
        if sku not in variants:
            raise NotForSale(sku=sku)
        if sku not in costs:
            raise NoPriceInCurrency(sku=sku, currency=currency)
    return [Quote(sku=sku, name=variants[sku].name, unit_price=costs[sku]) for sku in skus]


def for_sale(*, currency: str, words: str = "") -> QuerySet[Product]:
    """What has a price in this currency and holds all of these words, with the variants that are for sale."""
    return Product.objects.sold_in(currency).found_by(words).priced_in(currency, withdrawn=False)


def find(product_id: str, *, currency: str) -> Product | None:
    """On sale or not any more; the variants that have a price in this currency come along."""
    return Product.objects.priced_in(currency).filter(pk=product_id).first()


# Offering


def offer(offered: NewProduct) -> Product:
    """Put on sale, or bring up to date: what is withdrawn stays so. Raises SkuTaken, VariantsAlike."""
    now = Turn.take()
    product = _known_product(offered) or Product(id=ProductId.new())
    bring_up_to_date(product, name=offered.name, description=offered.description, attributes=offered.attributes)
    wanted = {variant.sku: variant.attributes for variant in offered.variants if variant.attributes is not None}
    tell_apart(product, wanted)
    known = product.variants.in_bulk()
    for variant in offered.variants:
        row = known.get(variant.sku) or Variant(sku=variant.sku, product=product)
        bring_up_to_date(row, name=variant.name, active=variant.active, attributes=variant.attributes)
        prices.put(variant.sku, variant.price, now=now)
    product.index()
    product.count_up()
    return Product.objects.priced_in(offered.currency).get(pk=product.pk)


def _known_product(offered: NewProduct) -> Product | None:
    """The one that these SKUs belong to. Raises SkuTaken when they belong to several."""
    skus = [variant.sku for variant in offered.variants]
    known = list(Variant.objects.filter(sku__in=skus).select_related("product"))
    for variant in known[1:]:
        if variant.product_id != known[0].product_id:
            raise SkuTaken(sku=variant.sku)
    return known[0].product if known else None


def tell_apart(product: Product, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Make room for these attributes, by SKU: variants may change theirs among each other. Raises VariantsAlike."""
    known = {variant.sku: variant.attributes for variant in product.variants.all()}
    told: dict[tuple[tuple[str, str], ...], str] = {}
    for sku, attributes in sorted((known | dict(wanted)).items()):
        other = told.setdefault(tuple(sorted(attributes.items())), sku)
        if attributes and other != sku:
            raise VariantsAlike(sku=sku, other=other)
    if len(wanted) > 1:
        product.variants.filter(sku__in=wanted).update(attributes={})


def bring_up_to_date(row: Model, **facts: object) -> bool:
    """Null: as it is. Whether anything was different."""
    wanted = {name: value for name, value in facts.items() if value is not None}
    different = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, wanted[name])
    if different or row._state.adding:
        row.save()
    return bool(different)


# Withdrawing from sale


def set_active(named: OnSale, *, active: bool) -> Standing:
    """Withdraw from sale, or put back. Raises ProductNotFound, SkuNotFound, StaleProduct."""
    Turn.take()
    product, variant = _named(named)
    product.expect(named.expected_version)
    meant = variant or product
    if meant.active != active:
        meant.active = active
        meant.save(update_fields=["active"])
        product.count_up()
    return _told(product, variant)


def standing(named: OnSale) -> Standing:
    """Raises ProductNotFound, SkuNotFound."""
    return _told(*_named(named))


def _named(named: OnSale) -> tuple[Product, Variant | None]:
    """The product, and the variant if that is meant."""
    if named.sku is None:
        product = Product.objects.filter(pk=named.product_id).first()
        if product is None:
            raise ProductNotFound(product_id=str(named.product_id))
        return product, None
    variant = Variant.objects.select_related("product").filter(pk=named.sku).first()
    if variant is None:
        raise SkuNotFound(sku=named.sku)
    return variant.product, variant


def _told(product: Product, variant: Variant | None) -> Standing:
    return Standing(
        product_id=product.id,
        product_active=product.active,
        sku=variant.sku if variant else None,
        variant_active=variant.active if variant else None,
        version=product.version,
    )
