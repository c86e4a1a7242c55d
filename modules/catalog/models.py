"""Products, their variants, and what each costs in each currency, and when."""

from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Now
from django.utils import timezone

from modules.catalog import contracts
from modules.catalog.contracts import ProductId, StaleProduct
from tearline.contracts import Money


class Turn(models.Model):
    """One row. Whoever changes the catalog takes it first and keeps it until they have committed: one after another."""

    id = models.SmallIntegerField(primary_key=True)
    taken_at = models.DateTimeField()

    @staticmethod
    def take() -> datetime:
        """Wait for it. The time then, by the database's clock, which is one for all: to the second, as prices are."""
        latest = Turn(id=1, taken_at=Now())
        Turn.objects.bulk_create([latest], update_conflicts=True, unique_fields=["id"], update_fields=["taken_at"])
        now: datetime = Turn.objects.values_list(Now(), flat=True).get()
        return now.replace(microsecond=0)


class ProductQuerySet(models.QuerySet["Product"]):
    """Products and the money that they are sold for."""

    def sold_in(self, currency: str) -> "ProductQuerySet":
        """For sale, with a price in this currency now."""
        prices = Price.objects.valid().filter(variant__product=OuterRef("pk"), variant__active=True, currency=currency)
        return self.filter(Exists(prices), active=True)

    def found_by(self, words: str) -> "ProductQuerySet":
        """Those in which each of these words occurs, in full or in part."""
        found = self
        for word in set(searchable(words).split()):
            found = found.filter(search_text__contains=word)
        return found

    def priced_in(self, currency: str, *, withdrawn: bool = True) -> "ProductQuerySet":
        """With their variants and today's prices in this currency, in two further queries however many there are.

        `withdrawn`: with the variants that are not for sale, too.
        """
        prices = Price.objects.valid().filter(currency=currency)
        variants = Variant.objects.all() if withdrawn else Variant.objects.filter(active=True)
        return self.prefetch_related(Prefetch("variants", queryset=variants), Prefetch("variants__prices", prices))


class Product(models.Model):
    """Something the shop sells, as one or more variants."""

    id: "models.CharField[str, ProductId]" = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    attributes: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    search_text = models.TextField(default="", editable=False)
    version = models.IntegerField(default=0, db_default=1)

    objects = ProductQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def expect(self, version: int | None) -> None:
        """Raises StaleProduct when it has changed since that version. By whoever has taken their turn."""
        if version not in (None, self.version):
            raise StaleProduct(product_id=self.id, expected=version, version=self.version)

    def count_up(self) -> None:
        """It is at another version: it, one of its variants or a price was changed."""
        self.version += 1
        self.save(update_fields=["version"])

    def index(self) -> None:
        """Have it found by what is said of it and of its variants now."""
        said = [self.name, self.description, *self.attributes.values()]
        for variant in self.variants.order_by("sku"):
            said += [variant.sku, variant.name, *variant.attributes.values()]
        self.search_text = searchable("\n".join(said))
        self.save(update_fields=["search_text"])

    def to_contract(self) -> contracts.Product:
        """With the prices that were fetched along: see `priced_in`."""
        return contracts.Product(
            id=self.id,
            name=self.name,
            description=self.description,
            active=self.active,
            attributes=self.attributes,
            variants=[told for variant in self.variants.all() for told in variant.to_contracts()],
            version=self.version,
        )


def searchable(text: str) -> str:
    """Without the difference between capital and small letters, which not every database knows of every alphabet."""
    return text.casefold()


class Variant(models.Model):
    """What is sold under one SKU."""

    sku = models.CharField(max_length=64, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(max_length=200)
    attributes: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("sku",)
        constraints = (
            models.UniqueConstraint(
                fields=["product", "attributes"],
                condition=~Q(attributes={}),
                name="catalog_variants_told_apart_by_attributes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} ({self.name})"

    def to_contracts(self) -> Iterator[contracts.Variant]:
        """One for each price that was fetched along."""
        for price in self.prices.all():
            yield contracts.Variant(
                sku=self.sku, name=self.name, price=price.money, attributes=self.attributes, active=self.active
            )


class PriceQuerySet(models.QuerySet["Price"]):
    """Prices and their times."""

    def valid(self) -> "PriceQuerySet":
        """Now."""
        return self.to_come().filter(valid_from__lte=Now())

    def to_come(self) -> "PriceQuerySet":
        """Now or later."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=Now()))


class Price(models.Model):
    """What one of a variant costs in one currency, in [valid_from, valid_until). One at a time, as the database keeps.

    Times are full seconds, which compare with the clock of either database as they should.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(default=None, null=True, blank=True)

    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["variant", "currency", "valid_from"], name="catalog_one_price_begins_at_a_time"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalog_price_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="catalog_price_ends_after_begin",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(amount=self.amount, currency=self.currency)

    def to_contract(self) -> contracts.PricePeriod:
        return contracts.PricePeriod(
            sku=self.variant_id, price=self.money, valid_from=self.valid_from, valid_until=self.valid_until
        )
