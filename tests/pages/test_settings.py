"""What the pages show of configuration is understood: variables by the settings, a file by whoever reads it."""

import runpy
import shlex
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tearline.readiness._people import People, Told, said_in
from tests.pages.samples import Sample, printed
from tests.processes import ROOT

MAIL, TEXTS = printed("docs/notifications.md", "")
[PRICES] = printed("docs/orders.md", "")
_, STRIPE = printed("docs/payments.md", "")
[PEOPLE] = printed("docs/readiness.md", "toml")


def settings_by(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the settings are where its variables are given. An extra that it installs must be there to be installed."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for line in sample.text.splitlines():
        if line.startswith("pip install"):
            assert line.split('"tearline[')[1].rstrip(']"') in extras
        else:
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value if value.startswith("{") else "".join(shlex.split(value)))
    return runpy.run_path(str(ROOT / "platform/config/settings.py"))


def test_a_mail_provider_is_used_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings_by(MAIL, monkeypatch)
    assert made["ANYMAIL"] == {"POSTMARK_SERVER_TOKEN": "…", "WEBHOOK_SECRET": "user:a long secret"}
    assert "anymail.backends.postmark.EmailBackend" in str([made.get("EMAIL_BACKEND"), made.get("MAILERS")])


def test_texts_go_to_twilio_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings_by(TEXTS, monkeypatch)
    assert made["NOTIFICATIONS_TEXTS"] == "modules.notifications.adapters.twilio.TwilioTexts"
    assert made["NOTIFICATIONS_TWILIO_FROM"] == "+15005550006"


def test_money_is_asked_of_stripe_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "1")  # what stands for a secret is no secret
    made = settings_by(STRIPE, monkeypatch)
    assert made["PAYMENT_PROVIDER"] == "modules.payments.adapters.stripe.StripeProvider"
    assert (made["PAYMENT_STRIPE_KEY"], made["PAYMENT_WEBHOOK_SECRET"]) == ("sk_live_…", "whsec_…")


def test_taxes_and_charges_are_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings_by(PRICES, monkeypatch)
    assert made["ORDERS_TAX_PERCENT"] == {"DE": 19, "AT": 20, "*": 0}
    assert made["ORDERS_PRICES_INCLUDE_TAX"] is True
    assert made["ORDERS_SHIPPING_CHARGES"] == {"EUR": 490}


def test_what_only_people_know_is_read(tmp_path: Path) -> None:
    file = tmp_path / "readiness.toml"
    file.write_text(PEOPLE.text)
    told = Told(team="money", own_releases=True, own_scaling=False)
    assert said_in(file) == People(teams=3, deadline=date(2027, 3, 1), modules={"payments": told})
