"""What the pytest plugin promises to every test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

from tearline.databases import open_transactions
from tearline.models import CommandKey
from tearline.testing._fixtures import Emptying

ALIASES: tuple[str, ...] = settings.TEARLINE_TOPOLOGY.hosted


def leave_rows() -> None:
    User.objects.create_user("clerk")
    for alias in ALIASES:
        CommandKey.objects.using(alias).create(caller="outside", operation="orders.place", key="1", fingerprint="1")


def rows_left() -> int:
    return User.objects.count() + sum(CommandKey.objects.using(alias).count() for alias in ALIASES)


def test_every_row_of_every_database_is_deleted_after_a_test(db: None, empty_databases: Emptying) -> None:
    leave_rows()
    assert rows_left() == 1 + len(ALIASES)
    empty_databases()
    assert rows_left() == 0
    assert ContentType.objects.exists()


def test_rows_that_point_at_each_other_are_deleted_in_any_order(db: None, empty_databases: Emptying) -> None:
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name="clerks")
    group.permissions.add(Permission.objects.earliest("id"))
    User.objects.create_user("clerk").groups.add(group)
    empty_databases()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_the_mark_of_pytest_django_gives_real_transactions_on_every_alias() -> None:
    assert not any(connections[alias].in_atomic_block for alias in connections)
    committed: list[str] = []
    for alias in connections:
        with transaction.atomic(using=alias):
            transaction.on_commit(lambda alias=alias: committed.append(alias), using=alias)  # type: ignore[misc]
    assert committed == list(connections)
    assert open_transactions() == []


def test_the_tests_use_the_engine_that_was_asked_for(db: None, engine: str) -> None:
    vendors = {connections[alias].vendor for alias in connections}
    assert vendors == {"postgresql" if engine == "postgres" else "sqlite"}


def test_nothing_that_the_tests_do_lands_in_the_checkout() -> None:
    assert settings.BASE_DIR not in settings.VAR.parents
    for alias in connections:
        assert str(settings.BASE_DIR) not in str(connections.settings[alias]["NAME"])


def test_a_process_that_a_test_starts_meets_the_same_databases(db: None) -> None:
    leave_rows()
    program = """
import django
django.setup()
from tearline.models import CommandKey
print(CommandKey.objects.using("orders").get().fingerprint)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1"


@pytest.mark.sqlite_only
def test_what_only_another_engine_can_show_is_not_selected(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_both(): pass\n"
        "@pytest.mark.sqlite_only\ndef test_files(): pass\n"
        "@pytest.mark.postgres_only\ndef test_roles(): pass\n"
    )
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-c", "pyproject.toml", str(tmp_path)],
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "test_both" in collected.stdout
    assert "test_files" in collected.stdout
    assert "test_roles" not in collected.stdout
    assert "1 deselected" in collected.stdout
