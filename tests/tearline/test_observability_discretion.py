"""Secrets and personal data are told nowhere: not in lines, not in spans, not in events, not in what rows keep."""

import logging
import smtplib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.test import Client
from pydantic import ValidationError
from pytest_django import Settings

from tearline.api.keys import issue
from tearline.contracts import Money
from tearline.mail import mail_settings
from tearline.models import CommandKey, InboxRow, OutboxRow, SagaRow, SagaStepRow, TaskRow
from tearline.observability import _discretion, discreet
from tearline.testing import settle
from tests.journeys import goods
from tests.tearline.observed import Lines, Spans, own_page, recorded_spans, told_lines

MODULES = ("orders", "inventory", "payments", "shipping", "notifications")
KEPT = (OutboxRow, InboxRow, TaskRow, SagaRow, SagaStepRow)

ADDRESS = "quill.canary@mail.example"
NAME = "Wilhelmina Canary"
STREET = "7 Canary Row"
METHOD = "pm_canary_4242"
CANARIES = (ADDRESS, "quill", "Wilhelmina", "Canary Row")


class Grumpy(BaseEmailBackend):
    """A mail server that quotes whom it refuses."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({address: (450, b"who?") for letter in messages for address in letter.to})


class Placed:
    """An order of somebody whose every particular can be found again, and the key that it was placed with."""

    def __init__(self, method: str) -> None:
        _, self.token = issue(name="canary's", scopes=["orders:write"])
        self.method = method
        body = {
            "email": ADDRESS,
            "ship_to": {"name": NAME, "line1": STREET, "city": "Row", "postal_code": "SW1", "country": "GB"},
            "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
            "payment_method": method,
        }
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": "k"}
        response = Client(headers=headers).post("/api/v1/orders", body, content_type="application/json")
        assert response.status_code == 201, response.content

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*CANARIES, self.token, self.token.partition("_test_")[2], self.method)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    with (
        told_lines() as lines,
        caplog.at_level(logging.DEBUG, logger="tearline"),
        caplog.at_level(logging.DEBUG, logger="modules"),
        caplog.at_level(logging.DEBUG, logger="django.request"),
    ):
        yield lines


@pytest.fixture
def spans() -> Iterator[Spans]:
    with recorded_spans() as spans:
        yield spans


@pytest.fixture
def shelf(db: None) -> None:
    goods.fill_the_shelf()


@pytest.fixture
def grumpy_mail(settings: Settings) -> None:
    for name, value in mail_settings(f"{__name__}.Grumpy").items():
        setattr(settings, name, value)


def kept() -> str:
    """Everything that the rows of the platform say, in every module. Answers are for whoever asked."""
    keys = [CommandKey.objects.using(module).values("caller", "operation", "key") for module in MODULES]
    work = [model._default_manager.using(module).values() for module in MODULES for model in KEPT]
    return str([list(rows) for rows in (*keys, *work)])


def told(lines: Lines, spans: Spans) -> dict[str, str]:
    """All that leaves the system, or is kept of its work, by where."""
    return {
        "lines": lines.text,
        "spans": "\n".join(span.to_json() for span in spans.all()),
        "rows": kept(),
        "metrics": own_page(),
    }


def leaks(order: Placed, everything: dict[str, str]) -> set[tuple[str, str]]:
    return {(where, secret) for where, text in everything.items() for secret in order.secrets if secret in text}


@pytest.mark.parametrize("method", ["pm_card_ok", "pm_card_declined", METHOD])
def test_nothing_of_a_customer_is_told_whatever_becomes_of_the_order(
    shelf: None, mailoutbox: list[object], lines: Lines, spans: Spans, method: str
) -> None:
    order = Placed(method)
    settle()
    everything = told(lines, spans)
    assert len(mailoutbox) >= 1
    assert "orders.fulfil" in everything["spans"]
    assert "orders.order_placed.v1" in everything["rows"]
    assert leaks(order, everything) == set()


@pytest.mark.parametrize("method", ["pm_card_ok", METHOD])
def test_nothing_of_a_customer_is_told_by_errors_that_quote_it(
    shelf: None, grumpy_mail: None, lines: Lines, spans: Spans, method: str
) -> None:
    order = Placed(method)
    settle()
    everything = told(lines, spans)
    assert all("who?" in everything[where] for where in ("lines", "spans", "rows"))
    assert leaks(order, everything) == set()


def test_without_discretion_they_would_be_told(
    shelf: None, grumpy_mail: None, lines: Lines, spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_discretion, "_shapes", lambda _hidden: ())
    order = Placed("pm_card_ok")
    settle()
    assert leaks(order, told(lines, spans)) >= {(where, ADDRESS) for where in ("lines", "spans", "rows")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("to Ada.L+x@mail.example.com: no", "to (e-mail address): no"),
        ("<ada@mail.example>, bob@mail.example", "<(e-mail address)>, (e-mail address)"),
        ("the key sk_live_0123abcdef is unknown", "the key (API key) is unknown"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer (token)"),
        ("redis://user:pass@redis:6379/0", "redis://(credentials)@redis:6379/0"),
        ("method='pm_card_visa'", "method='(payment method)'"),
        ("order ord_01jd of 3 x MUG-BLUE at 12:30", "order ord_01jd of 3 x MUG-BLUE at 12:30"),
        ("@on(OrderPlaced) a@b", "@on(OrderPlaced) a@b"),
    ],
)
def test_what_has_the_shape_of_a_secret_is_left_out_and_nothing_else(text: str, told: str) -> None:
    assert discreet(text) == told


def test_a_long_text_is_looked_through_at_once() -> None:
    began = time.process_time()
    assert discreet("a" * 1_000_000) == "a" * 1_000_000
    assert time.process_time() - began < 2


def test_what_pydantic_quotes_is_left_out() -> None:
    with pytest.raises(ValidationError) as caught:
        Money(amount=f"{NAME},\n\n{STREET}", currency="EUR")  # type: ignore[arg-type]
    said = discreet(str(caught.value))
    assert "Input should be a valid integer" in said
    assert not any(secret in said for secret in (NAME, STREET))


@pytest.mark.postgres_only
def test_what_postgresql_quotes_is_left_out(db: None, lines: Lines) -> None:
    try:
        with transaction.atomic(using="orders"):
            OutboxRow.objects.using("orders").create(topic=None, payload=f"{NAME}\n\n{STREET}")  # type: ignore[misc]
    except DatabaseError:
        logging.getLogger("anybody").exception("cannot be kept")
    (line,) = lines.of("anybody")
    assert 'null value in column "topic"' in line["exception"]
    assert "DETAIL" not in line["exception"]
    assert not any(secret in str(line) for secret in (NAME, "Canary", STREET))
