"""A variable that holds what it should not is refused by its name, before anything starts."""

import ast
import os
import runpy
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import secret_key
from tests.processes import ROOT

SETTINGS = ROOT / "platform/config/settings.py"


def read_by_kind() -> list[str]:
    """The variables that are more to the settings than a text."""
    calls = [each for each in ast.walk(ast.parse(SETTINGS.read_text())) if isinstance(each, ast.Call)]
    named = [each.args[0] for each in calls if isinstance(each.func, ast.Name) and each.func.id == "read"]
    return sorted(str(name.value) for name in named if isinstance(name, ast.Constant))


def made(monkeypatch: pytest.MonkeyPatch, **given: str) -> dict[str, Any]:
    for variable, text in given.items():
        monkeypatch.setenv(variable, text)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize("variable", read_by_kind())
def test_nonsense_is_refused_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    given = {"EMAIL_HOST": "mail.internal", variable: "of no kind"}
    with pytest.raises(ImproperlyConfigured, match=rf"^{variable} (is 'of no kind', and )?should be \S"):
        made(monkeypatch, **given)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ORDERS_TAX_PERCENT", "19"),
        ("ORDERS_TAX_PERCENT", '{"DE": "x"}'),
        ("ORDERS_TAX_PERCENT", '{"DE": "-1"}'),
        ("ORDERS_TAX_PERCENT", '{"de": "19"}'),
        ("ORDERS_SHIPPING_CHARGES", '{"EUR": "4.9"}'),
        ("ORDERS_SHIPPING_CHARGES", '{"euro": 490}'),
        ("SHIPPING_SIMULATED_SPEED", "0"),
        ("SHIPPING_SIMULATED_SPEED", "inf"),
        ("TEARLINE_SERVER_THREADS", "0"),
        ("TEARLINE_SERVER_PATIENCE", "nan"),
        ("TEARLINE_FACADES", "foo"),
        ("TEARLINE_RETRY", '{"tries": "many"}'),
        ("SHOP_STAFF_EMAIL", "nobody"),
    ],
)
def test_what_would_break_later_is_refused_now(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{variable} is "):
        made(monkeypatch, **{variable: text})


def test_what_is_meant_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = made(
        monkeypatch,
        DEBUG="true",
        ORDERS_TAX_PERCENT='{"DE": "5.5", "AT": 20}',
        TEARLINE_POLICY='{"tries": 1, "open_for": 0.5}',
        TEARLINE_SERVER_THREADS="",
        DEFAULT_FROM_EMAIL="Shop <shop@localhost>",
    )
    assert settings["DEBUG"] is True
    assert settings["ORDERS_TAX_PERCENT"] == {"DE": Decimal("5.5"), "AT": Decimal(20)}
    assert settings["TEARLINE_POLICY"] == {"tries": 1, "open_for": 0.5}
    assert type(settings["TEARLINE_POLICY"]["tries"]) is int
    assert settings["TEARLINE_SERVER_THREADS"] == 16
    assert settings["DEFAULT_FROM_EMAIL"] == "Shop <shop@localhost>"


@pytest.mark.parametrize("variable", ["EMAIL_PROVIDER_SETTINGS", "EVENTS_URL", "REDIS_URL"])
def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{variable} should be") as refused:
        made(monkeypatch, **{variable: "hush"})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("app", "setting", "value", "why"),
    [
        ("inventory", "INVENTORY_ALLOCATION", "x.y", "No module named 'x'"),
        ("inventory", "INVENTORY_ALLOCATION", "modules.inventory.allocation.no_such", "no_such"),
        ("inventory", "INVENTORY_ALLOCATION", "modules.inventory.allocation.__doc__", "nobody can call"),
        ("tearline_resilience", "PAYMENT_PROVIDER", "nope", "nope"),
        ("tearline_resilience", "PAYMENT_PROVIDER", "..nope", "nope"),
        (
            "tearline_resilience",
            "PAYMENT_PROVIDER",
            "modules.payments.adapters.Answer",
            "a Provider, which knows authorize",
        ),
        ("tearline_resilience", "SHIPPING_CARRIER", "modules.shipping.adapters.Label", "a Carrier, which knows rates"),
        ("tearline_resilience", "NOTIFICATIONS_TEXTS", "modules.notifications.nope", "nope"),
        ("notifications", "SHOP_LOCALE", "xx", "en or de"),
        ("tearline_api", "TEARLINE_RATE_LIMIT", "often", "100/minute"),
        ("tearline_api", "TEARLINE_WRONG_KEYS", "often", "100/minute"),
    ],
)
def test_what_only_an_app_can_know_is_refused_when_it_gets_ready(
    settings: Settings, app: str, setting: str, value: str, why: str
) -> None:
    setattr(settings, setting, value)
    with pytest.raises(ImproperlyConfigured, match=rf"^{setting}(?s:.*){why}"):
        apps.get_app_config(app).ready()


def asked(tmp_path: Path, *command: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"TEARLINE_VAR": str(tmp_path)} | given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"EMAIL_PROVIDER": "nope"}, "EMAIL_PROVIDER is 'nope'"),
        ({"EMAIL_PROVIDER": "postmark"}, "POSTMARK_SERVER_TOKEN"),
        ({"TEARLINE_RETRY": '{"x": 1}'}, "TEARLINE_RETRY knows first, cap, tries"),
        ({"TEARLINE_PROCESS": "nope"}, "there is no [processes.nope]"),
        ({"DATABASE_URL": "mysql://"}, "DATABASE_URL must begin with"),
    ],
)
def test_it_is_told_in_a_line_and_without_a_traceback(tmp_path: Path, given: dict[str, str], told: str) -> None:
    process = asked(tmp_path, "check", **given)
    assert process.returncode == 1
    assert process.stderr.startswith("Not configured: ")
    assert told in process.stderr
    assert "Traceback" not in process.stderr


def test_a_folder_in_which_nothing_can_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"^TEARLINE_VAR is .*file/var', and should be a folder"):
        secret_key.kept_in(tmp_path / "file" / "var")
