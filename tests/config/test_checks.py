"""No process starts outside of development with secrets that others know."""

import secrets

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

GOOD = secrets.token_urlsafe(50)


@pytest.fixture(autouse=True)
def deployed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = False
    settings.SECRET_KEY = GOOD
    settings.PAYMENT_WEBHOOK_SECRET = settings.SHIPPING_WEBHOOK_SECRET = settings.TEARLINE_METRICS_TOKEN = ""
    monkeypatch.setenv("DATABASE_URL", f"postgres://tearline:{GOOD}@db/tearline")


def found() -> set[str]:
    return {str(error.id) for error in run_checks(tags=["security"])}


def test_good_secrets_are_let_be() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("SECRET_KEY", "made-up"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY", f"django-insecure-{GOOD}"),
        ("PAYMENT_WEBHOOK_SECRET", "simulated"),
        ("SHIPPING_WEBHOOK_SECRET", "simulated"),
        ("TEARLINE_METRICS_TOKEN", "token"),
    ],
)
def test_a_secret_that_can_be_guessed_is_refused(settings: Settings, name: str, secret: str) -> None:
    setattr(settings, name, secret)
    assert found() == {"tearline.E020"}
    settings.DEBUG = True
    assert found() == set()


@pytest.mark.parametrize(
    ("variable", "user", "password"),
    [("DATABASE_URL", "admin", "Postgres"), ("ORDERS_DATABASE_URL", "orders", "orders")],
)
def test_a_password_that_everybody_tries_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, user: str, password: str
) -> None:
    monkeypatch.setenv(variable, f"postgresql://{user}:{password}@db/shop")
    assert found() == {"tearline.E021"}
