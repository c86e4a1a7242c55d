"""What things cost, and when: prices are announced, end, and are never two at a time."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from modules.catalog.contracts import NewProduct, NoPriceInCurrency, PriceIsOver, SetPrice, SkuNotFound
from modules.catalog.facade import catalog
from modules.catalog.models import Price
from modules.catalog.tests.offers import pen
from tearline.contracts import Money

DAY = timedelta(days=1)


def _let_pass(time: timedelta) -> None:
    """As if everything had been said so much earlier."""
    prices = list(Price.objects.all())
    Price.objects.all().delete()
    for price in prices:
        price.valid_from -= time
        price.valid_until = price.valid_until and price.valid_until - time
    Price.objects.bulk_create(prices)


def _set(cents: int, *, since: datetime | None = None, until: datetime | None = None) -> None:
    price = Money(amount=cents, currency="EUR")
    wanted = SetPrice(sku="PEN", price=price, valid_from=since, valid_until=until)
    catalog.set_price(wanted, key=f"{cents}.{since}.{until}")


def _costs() -> int:
    [quote] = catalog.quote(["PEN"], currency="EUR")
    return quote.unit_price.amount


@pytest.fixture
def now() -> datetime:
    """A pen costs 300 from now on."""
    catalog.offer(pen(eur=300), key="pen")
    return datetime.now(UTC)


def test_a_sale_comes_and_goes_by_itself(now: datetime) -> None:
    _set(200, since=now + DAY, until=now + 3 * DAY)
    told = [_costs()]
    for _ in range(3):
        _let_pass(DAY)
        told.append(_costs())

    assert told == [300, 200, 200, 300]
    assert [variant.price.amount for product in catalog.browse() for variant in product.variants] == [300]


def test_a_price_that_is_announced_for_good_takes_the_place_of_all_later_ones(now: datetime) -> None:
    _set(200, since=now + DAY, until=now + 3 * DAY)
    _set(400, since=now + 2 * DAY)

    assert [price.price.amount for price in catalog.prices_of("PEN")] == [300, 200, 400]
    _let_pass(2 * DAY)
    assert _costs() == 400


def test_an_offer_is_the_price_from_now_on_whatever_was_announced(now: datetime) -> None:
    _set(200, since=now + DAY, until=now + 3 * DAY)
    _let_pass(timedelta(hours=1))
    catalog.offer(pen(eur=350), key="from now on")

    assert [(price.price.amount, price.valid_until) for price in catalog.prices_of("PEN")] == [(350, None)]
    assert list(Price.objects.order_by("valid_from").values_list("amount", flat=True)) == [300, 350]


def test_what_ends_with_nothing_after_it_is_not_sold_for_that_money_any_more(now: datetime) -> None:
    _set(250, until=now + DAY)
    Price.objects.filter(valid_until=None).delete()
    _let_pass(2 * DAY)

    with pytest.raises(NoPriceInCurrency):
        catalog.quote(["PEN"], currency="EUR")
    assert catalog.browse() == []


def test_the_same_price_again_changes_no_row(now: datetime) -> None:
    before = list(Price.objects.values())
    _set(300)
    _set(300, since=now + DAY, until=now + 2 * DAY)
    assert list(Price.objects.values()) == before


def test_the_past_is_not_changed(now: datetime) -> None:
    _let_pass(5 * DAY)
    with pytest.raises(PriceIsOver):
        _set(1, since=now - 3 * DAY, until=now - 2 * DAY)
    _set(200, since=now - 3 * DAY)

    past, today = Price.objects.order_by("valid_from")
    assert (past.amount, today.amount, past.valid_until) == (300, 200, today.valid_from)
    assert today.valid_from >= now.replace(microsecond=0)


def test_a_price_is_for_something_that_was_offered() -> None:
    with pytest.raises(SkuNotFound):
        _set(1)
    with pytest.raises(SkuNotFound):
        catalog.prices_of("PEN")


def _rows(*periods: tuple[int, int | None], currency: str = "EUR") -> list[Price]:
    """In days of a week that is over."""
    week = datetime(2026, 6, 1, tzinfo=UTC)
    return [
        Price(
            variant_id="PEN",
            currency=currency,
            amount=1,
            valid_from=week + begins * DAY,
            valid_until=None if ends is None else week + ends * DAY,
        )
        for begins, ends in periods
    ]


@pytest.mark.parametrize("second", [(1, 2), (0, 9), (3, 5), (4, None), (-1, None), (2, 3)])
def test_the_database_refuses_two_prices_at_a_time(now: datetime, second: tuple[int, int | None]) -> None:
    Price.objects.all().delete()
    Price.objects.bulk_create(_rows((1, 5)))
    with pytest.raises(IntegrityError):
        Price.objects.bulk_create(_rows(second))

    [apart] = Price.objects.bulk_create(_rows((-9, -8)))
    moved = _rows(second)[0]
    with pytest.raises(IntegrityError), transaction.atomic(using="catalog"):
        Price.objects.filter(pk=apart.pk).update(valid_from=moved.valid_from, valid_until=moved.valid_until)


def test_prices_after_each_other_or_for_other_money_are_two(now: datetime) -> None:
    Price.objects.all().delete()
    Price.objects.bulk_create([*_rows((1, 5), (5, None), (0, 1)), *_rows((1, 5), currency="USD")])
    for row in (*_rows((0, 0), currency="SEK"), *_rows((2, 1), currency="SEK")):
        with pytest.raises(IntegrityError):
            row.save()
    negative = _rows((0, 1), currency="SEK")[0]
    negative.amount = -1
    with pytest.raises(IntegrityError):
        negative.save()


def _at_once(*deeds: Callable[[], Any]) -> list[BaseException]:
    """What they failed with."""
    failed: list[BaseException] = []

    def do(deed: Callable[[], Any]) -> None:
        try:
            deed()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_prices_set_at_once_are_set_one_after_the_other(now: datetime) -> None:
    another = pen(eur=1).variants[0].model_copy(update={"sku": "A"})

    def change(n: int) -> None:
        _set(1000 + n, since=now + n % 3 * DAY, until=now + (n % 3 + 2) * DAY)
        variants = [*pen(eur=n).variants, *([another] if n % 2 else [])]
        catalog.offer(NewProduct(name="Pen", variants=variants), key=f"{n}")

    assert _at_once(*(partial(change, n) for n in range(6))) == []
    assert _costs() in range(6)


def test_the_database_refuses_two_prices_at_a_time_of_two_who_write_at_once(now: datetime) -> None:
    both_have_written = threading.Barrier(2)

    def write(*period: int) -> None:
        with transaction.atomic(using="catalog"):
            Price.objects.bulk_create(_rows((period[0], period[1])))
            with contextlib.suppress(threading.BrokenBarrierError):
                both_have_written.wait(1.0)  # the other one waits for us to commit, as a rule

    Price.objects.all().delete()
    failed = _at_once(partial(write, 1, 5), partial(write, 2, 6))
    assert [type(error) for error in failed] == [IntegrityError]
    assert both_have_written.broken
