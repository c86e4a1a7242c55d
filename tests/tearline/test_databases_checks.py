"""Models that reach into another database are refused at start."""

import sqlite3

import pytest
from django.contrib.auth.models import User
from django.core.checks import Error, run_checks
from django.db import models
from django.test.utils import isolate_apps

from tearline.databases import checks
from tearline.databases.checks import keys_that_leave, no_key_leaves_its_module


@pytest.fixture
def in_two_modules() -> dict[str, type[models.Model]]:
    """Models of orders and payments that point about, told apart by where they point."""
    with isolate_apps("modules.orders", "modules.payments"):

        class Payment(models.Model):
            class Meta:
                app_label = "payments"

        class Order(models.Model):
            parent = models.ForeignKey("self", models.CASCADE)

            class Meta:
                app_label = "orders"

        class ToPeer(models.Model):
            payment = models.ForeignKey(Payment, models.CASCADE)

            class Meta:
                app_label = "orders"

        class ManyToPeer(models.Model):
            payments = models.ManyToManyField(Payment)

            class Meta:
                app_label = "orders"

        class ToStaff(models.Model):
            clerk = models.OneToOneField(User, models.CASCADE)

            class Meta:
                app_label = "orders"

        return {model.__name__: model for model in (Order, ToPeer, ManyToPeer, ToStaff)}


@pytest.mark.parametrize("name", ["ToPeer", "ManyToPeer", "ToStaff"])
def test_a_key_into_another_database_is_an_error(in_two_modules: dict[str, type[models.Model]], name: str) -> None:
    errors = list(keys_that_leave(in_two_modules[name]))
    assert [error.id for error in errors] == ["tearline.E001"]
    assert "which is kept in another database" in errors[0].msg


def test_a_key_inside_the_module_is_fine(in_two_modules: dict[str, type[models.Model]]) -> None:
    assert list(keys_that_leave(in_two_modules["Order"])) == []


def test_no_model_that_is_installed_reaches_across() -> None:
    assert no_key_leaves_its_module() == []


def test_the_check_runs_with_djangos_own(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "keys_that_leave", lambda model: [Error(model._meta.label, id="tearline.E001")])
    assert "tearline.CommandKey" in [found.msg for found in run_checks(tags=["models"]) if found.id == "tearline.E001"]


@pytest.mark.sqlite_only
def test_an_sqlite_that_is_too_old_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.sqlite_is_recent() == []
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert [error.id for error in checks.sqlite_is_recent()] == ["tearline.E002"]
