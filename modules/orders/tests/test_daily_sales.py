"""Sales by day are what the orders say, however events come; and say up to when."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules.orders.contracts import Failure, OrderId
from modules.orders.events import OrderCancelled, OrderPlaced
from modules.orders.models import DailySales, Order
from modules.orders.projections import daily_sales
from modules.orders.tests.selling import NOON, Clock, cancelled, carry, confirmed, fold_all, placed, timeline_clock
from tearline.api.keys import issue
from tearline.events import publish
from tearline.models import FoldedEvent, InboxRow, OutboxRow
from tearline.projections import OutsideFold, _rebuilding, check, standing
from tearline.work._purging import purge

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return timeline_clock(monkeypatch.setattr)


def rows() -> list[tuple[Any, ...]]:
    found = DailySales.objects.order_by("day", "currency")
    columns = ("day__day", "currency", "placed", "confirmed", "cancelled", "pieces", "revenue")
    return list(found.values_list(*columns))


def test_each_thing_counts_on_the_day_on_which_it_happened_and_in_its_currency(clock: Clock) -> None:
    first, second, dollars = placed(2, 1), placed(1), placed(5, currency="USD")
    clock.now = NOON + timedelta(hours=11, minutes=59, seconds=59)
    confirmed(first)
    clock.now += timedelta(seconds=1)
    confirmed(dollars)
    cancelled(second)
    fold_all()
    assert rows() == [
        (1, "EUR", 2, 1, 0, 3, 300),
        (1, "USD", 1, 0, 0, 0, 0),
        (2, "EUR", 0, 0, 1, 0, 0),
        (2, "USD", 0, 1, 0, 5, 500),
    ]
    assert check(daily_sales) == []


def test_a_check_tells_what_differs_and_what_waits_is_no_difference(clock: Clock) -> None:
    order = placed(2)
    assert check(daily_sales) == []
    carry("outbox")
    assert check(daily_sales) == []
    fold_all()
    Order.objects.filter(pk=order.id).update(currency="USD")
    assert check(daily_sales) == [
        "2026-03-01 EUR: placed is 1, and 0 by the orders",
        "2026-03-01 USD: placed is 0, and 1 by the orders",
    ]


def test_nobody_writes_sales_but_their_fold() -> None:
    placed(1)
    fold_all()
    for write in (
        lambda: DailySales.objects.update(placed=0),
        lambda: DailySales.objects.all().delete(),
        lambda: DailySales(day=NOON.date(), currency="EUR"),
    ):
        with pytest.raises(OutsideFold):
            write()
    assert [row[2] for row in rows()] == [1]


def test_a_hundred_events_cost_as_many_statements_as_one() -> None:
    def statements() -> int:
        carry("outbox")
        with CaptureQueriesContext(connections["orders"]) as told:
            assert carry("inbox")
        return len(told)

    placed(1)
    statements()
    placed(1)
    alone = statements()
    for _ in range(100):
        placed(1)
    assert statements() == alone
    assert [row[2] for row in rows()] == [102]


def test_what_cannot_be_folded_holds_up_its_own_order_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    fold = daily_sales._fold
    assert fold

    def fail_at_three(events: Sequence[Any]) -> None:
        if any(event.total.amount == 300 for event in events if isinstance(event, OrderPlaced)):
            raise ZeroDivisionError
        fold(events)

    with monkeypatch.context() as broken:
        broken.setattr(daily_sales, "_fold", fail_at_three)
        confirmed(placed(3))
        confirmed(placed(1))
        fold_all()
        assert [row[2:] for row in rows()] == [(1, 1, 0, 1, 100)]
        assert standing(daily_sales).waiting == 2
        assert check(daily_sales) == []
    InboxRow.objects.using("orders").filter(finished_at=None).update(due_at=Now())
    fold_all()
    assert [row[2:] for row in rows()] == [(2, 2, 0, 4, 400)]


def test_what_comes_again_after_its_inbox_row_is_purged_has_had_its_effect() -> None:
    placed(1)
    fold_all()
    InboxRow.objects.using("orders").all().delete()
    OutboxRow.objects.using("orders").update(finished_at=None, due_at=Now())
    fold_all()
    assert [row[2] for row in rows()] == [1]
    assert standing(daily_sales).waiting == 0


# However they come


class Shop:
    """Sells at random; delivers, doubles, purges, rebuilds and dies at random, too."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self.random, self.clock = random.Random(seed), clock
        self.open: list[Order] = []
        self.building: int | None = None

    def live(self) -> None:
        """One thing happens."""
        happens = (
            *[self.sell] * 4,
            *[self.settle_one] * 5,
            self.pass_time,
            *[self.deliver] * 3,
            self.deliver_twice,
            self.forget,
            self.begin_to_rebuild,
            *[self.go_on_rebuilding] * 4,
        )
        self.random.choice(happens)()

    def sell(self) -> None:
        quantities = [self.random.randint(1, 5) for _ in range(self.random.randint(1, 3))]
        self.open.append(placed(*quantities, currency=self.random.choice(["EUR", "USD"])))

    def settle_one(self) -> None:
        if self.open:
            order = self.open.pop(self.random.randrange(len(self.open)))
            self.random.choice([confirmed, cancelled])(order)

    def pass_time(self) -> None:
        self.clock.now += timedelta(hours=self.random.randint(1, 30))

    def deliver(self) -> None:
        carry(self.random.choice(["outbox", "inbox"]))

    def deliver_twice(self) -> None:
        """As after a relay that died before it could write down what it had done."""
        OutboxRow.objects.using("orders").update(finished_at=None, due_at=Now())

    def forget(self) -> None:
        """All that is finished has long been so, and is purged."""
        for model in (OutboxRow, InboxRow):
            model.objects.using("orders").update(finished_at=F("finished_at") - timedelta(days=40))
        purge(["orders"], older_than=timedelta(days=30), who="ann")

    def begin_to_rebuild(self) -> None:
        """Whatever a rebuild has done so far, it was killed, or another one has begun."""
        self.building = _rebuilding._begin(daily_sales, "ann", "")
        _rebuilding._clear(daily_sales)

    def go_on_rebuilding(self) -> None:
        if self.building and _rebuilding._caught_up(daily_sales, self.building):
            self.building = None


@pytest.mark.parametrize("seed", range(4))
def test_sales_are_what_the_orders_say_at_every_moment(
    seed: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_rebuilding, "BATCH", 3)
    shop = Shop(seed, clock)
    for _ in range(120):
        shop.live()
        assert check(daily_sales) == []
    fold_all()
    assert check(daily_sales) == []
    assert sum(row[2] for row in rows()) == Order.objects.count()


# Over REST


@pytest.fixture
def asking() -> Callable[..., Any]:
    _, token = issue(name="a dashboard", scopes=["orders:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    return lambda query="": client.get(f"/api/v1/orders/sales{query}")


def test_sales_are_told_with_the_moment_up_to_which_they_are_counted(asking: Callable[..., Any], clock: Clock) -> None:
    confirmed(placed(2))
    fold_all()
    before = datetime.now(UTC)
    answer = asking("?from=2026-03-01&to=2026-03-01").json()
    assert datetime.fromisoformat(answer.pop("as_of")) >= before
    assert answer == {
        "lag_seconds": 0,
        "waiting": 0,
        "days": [
            {
                "day": "2026-03-01",
                "placed": 1,
                "confirmed": 1,
                "cancelled": 0,
                "pieces": 2,
                "revenue": {"amount": 200, "currency": "EUR"},
            }
        ],
    }
    assert asking("?to=2026-03-31").json()["days"] == answer["days"]
    assert asking("?to=2026-04-01").json()["days"] == []


@pytest.mark.parametrize("until", ["0001-01-01", "0001-01-30", "9999-12-31"])
def test_sales_are_told_of_days_at_either_end_of_the_calendar(asking: Callable[..., Any], until: str) -> None:
    answer = asking(f"?to={until}")
    assert (answer.status_code, answer.json()["days"]) == (200, [])


def test_what_is_not_counted_yet_is_told_wherever_it_waits(asking: Callable[..., Any]) -> None:
    placed(1)
    for where in ("outbox", "inbox"):
        told = asking().json()
        assert (told["waiting"], told["days"]) == (1, []), where
        assert told["lag_seconds"] > 0
        assert datetime.fromisoformat(told["as_of"]) < datetime.now(UTC)
        carry(where)
    assert asking().json()["waiting"] == 0
    assert standing(daily_sales).position == 1
    assert FoldedEvent.objects.using("orders").count() == 1


@pytest.mark.parametrize("query", ["?from=2026-03-02&to=2026-03-01", "?from=2024-01-01&to=2026-01-01", "?from=today"])
def test_what_is_no_span_of_days_is_refused(asking: Callable[..., Any], query: str) -> None:
    assert asking(query).status_code == 400


def test_a_span_that_is_none_is_told_of_its_beginning(asking: Callable[..., Any]) -> None:
    for query in ("?from=2026-03-02&to=2026-03-01", "?from=2999-01-01"):
        [flaw] = asking(query).json()["errors"]
        assert flaw == {
            "parameter": "from", "code": "value_error", "message": "`to` is from 0 to 366 days after `from`",
        }  # fmt: skip


def test_a_cancellation_that_says_no_amount_counts_in_no_currency() -> None:
    reason = Failure(code="orders.cancelled_on_request", detail="changed my mind")
    with transaction.atomic(using="orders"):
        publish(OrderCancelled(order_id=OrderId.new(), reason=reason, occurred_at=NOON))
    fold_all()
    assert rows() == [(1, "XXX", 0, 0, 1, 0, 0)]
