"""The morning's look at the payment provider's statement, and the page that tells of its cards."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_OK, MAGIC_METHODS, RARE_METHODS, AuthorizePayment
from modules.payments.facade import payments
from tearline.contracts import Money

PRICE = Money(amount=1999, currency="EUR")


@pytest.fixture
def span(db: None, settings: Settings, tmp_path: Path) -> dict[str, Any]:
    """What the command is asked, with a payment held in that time."""
    settings.VAR = tmp_path
    order_id = OrderId.new()
    payments.authorize(AuthorizePayment(order_id=order_id, amount=PRICE, method=CARD_OK), key=f"pay {order_id}")
    now = datetime.now(UTC)
    return {"since": now - timedelta(days=1), "until": now + timedelta(days=1), "stdout": StringIO()}


def test_books_that_agree_are_counted(span: dict[str, Any]) -> None:
    call_command("reconcile_payments", **span)

    assert span["stdout"].getvalue() == "1 lines of ours, 1 of the provider's, 0 differences\n"


def test_what_differs_is_printed_and_is_a_failure(span: dict[str, Any]) -> None:
    SimulatedProvider().authorize(key="of another shop", order_id=OrderId.new(), amount=PRICE, method=CARD_OK)
    with pytest.raises(CommandError, match="1 differences") as failed:
        call_command("reconcile_payments", **span)

    assert failed.value.returncode == 1
    assert "missing_here  authorized  -     EUR 19.99  ord_" in span["stdout"].getvalue()


def test_a_provider_that_does_not_answer_is_another_failure(span: dict[str, Any], settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "tests.journeys.outages.Down"
    with pytest.raises(CommandError, match="does not answer") as failed:
        call_command("reconcile_payments", "--since", "2026-11-01", "--until", "2026-11-02T10:00Z")

    assert failed.value.returncode == 2


def test_what_is_no_time_is_refused(span: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="not a time"):
        call_command("reconcile_payments", "--since", "yesterday")


@pytest.mark.parametrize("until", ["2026-11-30", "2026-12-01"])
def test_a_span_that_ends_before_it_begins_is_refused(until: str) -> None:
    with pytest.raises(CommandError, match=r"--since 2026-12-01.* is not before --until"):
        call_command("reconcile_payments", "--since", "2026-12-01", "--until", until)


def test_every_card_of_the_simulated_provider_is_in_the_docs(settings: Settings) -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "payments.md").read_text(encoding="utf-8")

    for method, says in (MAGIC_METHODS | RARE_METHODS).items():
        assert f"| `{method}` | {says} |" in page
