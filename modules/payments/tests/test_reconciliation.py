"""Our ledger beside the provider's statement: each kind of difference is planted, and found."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments import reconciliation, services
from modules.payments.adapters import Provider
from modules.payments.adapters import simulated as books_of
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DISPUTE_WON, CARD_OK, Reconciliation, RefundPayment
from modules.payments.facade import Payments
from modules.payments.models import LedgerEntry, Payment
from modules.payments.tests.localstripe import CARD_OK as STRIPE_CARD
from modules.payments.tests.localstripe import Front
from modules.payments.tests.played import PRICE, Down, to_pay, to_take
from tearline.api.keys import issue
from tearline.contracts import Money, Unavailable

PART = Money(amount=500, currency="EUR")
DAY = timedelta(days=1)


def around_now(payments: Payments) -> Reconciliation:
    now = datetime.now(UTC)
    return payments.reconcile(now - DAY, now + DAY)


def differences(payments: Payments) -> list[tuple[str, str, int | None, int | None]]:
    return [
        (each.kind, each.movement, _amount(each.here), _amount(each.there)) for each in around_now(payments).differences
    ]


def _amount(money: Money | None) -> int | None:
    return money.amount if money else None


def charge(payments: Payments, order_id: OrderId, method: str = CARD_OK) -> None:
    payments.authorize(to_pay(order_id, method=method), key=f"pay {order_id}")
    payments.capture(to_take(order_id), key=f"take {order_id}")


@pytest.fixture
def charged(bound_payments: Payments, order_id: OrderId) -> OrderId:
    charge(bound_payments, order_id)
    return order_id


@pytest.fixture
def tamper(provider: SimulatedProvider, settings: Settings) -> Callable[[str], None]:
    """Changes the provider's books behind its back."""

    def execute(statement: str) -> None:
        with sqlite3.connect(Path(settings.VAR) / "outside" / "payments.sqlite3") as books:
            books.execute(statement)
        books.close()

    return execute


def test_books_that_agree_differ_in_nothing(payments: Payments, charged: OrderId) -> None:
    payments.refund_part(RefundPayment(order_id=charged, amount=PART, reason="broken"), key="part")
    other = OrderId.new()
    charge(payments, other, CARD_DISPUTE_WON)
    services.look_again(Payment.objects.get(order_id=other).id)
    found = around_now(payments)

    assert (found.entries, found.postings, found.differences) == (7, 7, [])


def test_what_the_provider_moved_without_us_is_missing_here(payments: Payments, charged: OrderId) -> None:
    SimulatedProvider().authorize(key="of another shop", order_id=OrderId.new(), amount=PRICE, method=CARD_OK)

    assert differences(payments) == [("missing_here", "authorized", None, 1999)]


def test_what_the_provider_does_not_know_is_missing_there(
    payments: Payments, charged: OrderId, tamper: Callable[[str], None]
) -> None:
    tamper("DELETE FROM movement WHERE kind = 'captured'")

    assert differences(payments) == [("missing_there", "captured", 1999, None)]


def test_amounts_that_differ_are_shown_side_by_side(
    payments: Payments, charged: OrderId, tamper: Callable[[str], None]
) -> None:
    tamper("UPDATE movement SET amount = 1998 WHERE kind = 'captured'")

    assert differences(payments) == [("amount", "captured", 1999, 1998)]


def test_what_has_no_outcome_yet_is_unknown(
    payments: Payments, charged: OrderId, use: Callable[[Provider], None], provider: SimulatedProvider
) -> None:
    use(Down())
    with pytest.raises(Unavailable):
        payments.refund_part(RefundPayment(order_id=charged, amount=PART, reason="broken"), key="part")
    with pytest.raises(Unavailable):
        payments.authorize(to_pay(OrderId.new()), key="pay another")
    use(provider)

    assert differences(payments) == [("unknown", "authorized", 1999, None), ("unknown", "refunded", 500, None)]


def test_what_one_wrote_before_the_span_and_the_other_in_it_is_no_difference(
    payments: Payments, charged: OrderId, tamper: Callable[[str], None]
) -> None:
    tamper(f"UPDATE news SET at = at - {3 * DAY.total_seconds()}")
    found = around_now(payments)
    assert (found.entries, found.postings, found.differences) == (2, 0, [])

    now = datetime.now(UTC)
    found = payments.reconcile(now - 4 * DAY, now - 2 * DAY)
    assert (found.entries, found.postings, found.differences) == (0, 2, [])


def test_only_the_span_is_compared_its_end_not_included(payments: Payments, charged: OrderId) -> None:
    [first, *_] = LedgerEntry.objects.order_by("at")

    assert payments.reconcile(first.at - DAY, first.at).entries == 0
    assert payments.reconcile(first.at, first.at + DAY).entries == 2


def test_a_statement_of_many_pages_is_read_to_its_end(
    payments: Payments, provider: SimulatedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books_of, "PAGE", 2)
    monkeypatch.setattr(reconciliation, "AT_ONCE", 3)
    for _ in range(3):
        charge(payments, OrderId.new())
    found = around_now(payments)

    assert (found.entries, found.postings, found.differences) == (6, 6, [])


def test_stripes_statement_is_compared_too(
    stripe: Front, payments: Payments, order_id: OrderId, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(payments, order_id, STRIPE_CARD)
    payments.refund_part(RefundPayment(order_id=order_id, amount=PART, reason="broken"), key="part")

    def of_the_order() -> list[tuple[str, str]]:
        found = around_now(payments).differences
        return [(each.kind, each.movement) for each in found if each.order_id == order_id]

    assert of_the_order() == []
    monkeypatch.setattr(stripe, "_shown_refunds", list)
    assert of_the_order() == [("missing_there", "refunded")]


def test_readers_ask_for_it_over_rest(payments: Payments, charged: OrderId) -> None:
    _, token = issue(name="reader", scopes=["payments:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    now = datetime.now(UTC)
    span = {"since": (now - DAY).isoformat(), "until": (now + DAY).isoformat()}

    assert client.get("/api/v1/payments/reconciliation", span).json()["differences"] == []
    assert client.get("/api/v1/payments/reconciliation").json()["entries"] == 0  # of yesterday
    assert client.get("/api/v1/payments/reconciliation", {"since": "2026-11-01T00:00"}).status_code == 400
    assert Client().get("/api/v1/payments/reconciliation", span).status_code == 401
