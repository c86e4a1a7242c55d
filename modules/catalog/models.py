"""Products, their variants, and what each costs in each currency."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from modules.catalog import contracts
from modules.catalog.contracts import ProductId
from tearline.contracts import Money


class ProductQuerySet(models.QuerySet["Product"]):
    """Products and the money that they are sold for."""

    def sold_in(self, currency: str) -> "ProductQuerySet":
        """For sale, with a price in this currency."""
        prices = Price.objects.filter(variant__product=OuterRef("pk"), currency=currency)
        return self.filter(Exists(prices), active=True)

    def priced_in(self, currency: str) -> "ProductQuerySet":
        """With their variants and the prices in this currency, in two further queries however many there are."""
        prices = Price.objects.filter(currency=currency)
        return self.prefetch_related("variants", Prefetch("variants__prices", queryset=prices))


class Product(models.Model):
    """Something the shop sells, as one or more variants."""

    id: "models.CharField[str, ProductId]" = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ProductQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def to_contract(self) -> contracts.Product:
        """With the prices that were fetched along: see `priced_in`."""
        return contracts.Product(
            id=self.id,
            name=self.name,
            description=self.description,
            active=self.active,
            variants=[told for variant in self.variants.all() for told in variant.to_contracts()],
        )


class Variant(models.Model):
    """What is sold under one SKU."""

    sku = models.CharField(max_length=64, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("sku",)

    def __str__(self) -> str:
        return f"{self.sku} ({self.name})"

    def to_contracts(self) -> Iterator[contracts.Variant]:
        """One for each price that was fetched along."""
        for price in self.prices.all():
            yield contracts.Variant(sku=self.sku, name=self.name, price=price.money)


class Price(models.Model):
    """What one of a variant costs in one currency."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["variant", "currency"], name="catalog_one_price_per_currency"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalog_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(amount=self.amount, currency=self.currency)
