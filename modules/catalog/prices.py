"""What things cost, and when. Every function that changes something runs in its caller's transaction."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from modules.catalog.contracts import PriceIsOver, SetPrice, SkuNotFound
from modules.catalog.models import Price, Product, Turn, Variant
from tearline.contracts import Money


def set_price(request: SetPrice) -> QuerySet[Price]:
    """From now on, or announced for later. The SKU's prices now and to come. Raises SkuNotFound, PriceIsOver."""
    now = Turn.take()
    found = of(request.sku)
    if put(request.sku, request.price, since=request.valid_from, until=request.valid_until, now=now):
        Product.objects.get(variants=request.sku).count_up()
    return found.all()


def of(sku: str) -> QuerySet[Price]:
    """The prices of a SKU that are valid now, and those announced for later. Raises SkuNotFound."""
    if not Variant.objects.filter(pk=sku).exists():
        raise SkuNotFound(sku=sku)
    return Price.objects.to_come().filter(variant_id=sku).order_by("currency", "valid_from")


def put(sku: str, price: Money, *, since: datetime | None = None, until: datetime | None = None, now: datetime) -> bool:
    """Have it cost this in [since, until), in place of whatever it was to cost then. False: so it was to be already.

    What it has cost before now stays as it is. The caller has taken their turn, and says what time it is. Raises
    PriceIsOver when all of that time has passed.
    """
    begins, ends = _to_the_second(since) or now, _to_the_second(until)
    known = list(Price.objects.filter(variant_id=sku, currency=price.currency).order_by("valid_from"))
    if any(each.amount == price.amount and _covers(each, begins, ends) for each in known):
        return False
    if ends and ends <= now:
        raise PriceIsOver(sku=sku)
    if known:
        begins = max(begins, now)
    rest = [left for each in known if _overlaps(each, begins, ends) for left in _clear(each, begins, ends)]
    put_there = Price(variant_id=sku, currency=price.currency, amount=price.amount, valid_from=begins, valid_until=ends)
    Price.objects.bulk_create([*rest, put_there])
    return True


def _to_the_second(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0) if time else None


def _covers(price: Price, begins: datetime, ends: datetime | None) -> bool:
    lasts = price.valid_until is None or (ends is not None and ends <= price.valid_until)
    return lasts and price.valid_from <= begins


def _overlaps(price: Price, begins: datetime, ends: datetime | None) -> bool:
    return (price.valid_until is None or price.valid_until > begins) and (ends is None or price.valid_from < ends)


def _clear(price: Price, begins: datetime, ends: datetime | None) -> Iterator[Price]:
    """Take the price out of that time. What is to be left of it afterwards is yielded, not saved yet."""
    if ends and (price.valid_until is None or ends < price.valid_until):
        yield Price(
            variant_id=price.variant_id,
            currency=price.currency,
            amount=price.amount,
            valid_from=ends,
            valid_until=price.valid_until,
        )
    if price.valid_from < begins:
        Price.objects.filter(pk=price.pk).update(valid_until=begins)
    else:
        price.delete()
