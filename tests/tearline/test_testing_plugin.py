"""What the pytest plugin promises to every test."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from hypothesis import settings as examples

from tearline.databases import open_transactions
from tearline.models import CommandKey
from tearline.testing._fixtures import Emptying
from tearline.testing._places import Places
from tearline.topology import load

ALIASES: tuple[str, ...] = settings.TEARLINE_TOPOLOGY.hosted


def leave_rows() -> None:
    User.objects.create_user("clerk")
    for alias in ALIASES:
        CommandKey.objects.using(alias).create(caller="outside", operation="orders.place", key="1", fingerprint="1")


def rows_left() -> int:
    return User.objects.count() + sum(CommandKey.objects.using(alias).count() for alias in ALIASES)


@pytest.mark.parametrize("in_use", [True, False])
def test_every_row_of_every_database_is_deleted_after_a_test(
    db: None, empty_databases: Emptying, *, in_use: bool
) -> None:
    for _ in range(2):
        leave_rows()
        assert rows_left() == 1 + len(ALIASES)
        if not in_use:
            connections.close_all()
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


def test_nothing_that_the_tests_do_lands_in_the_checkout(engine: str) -> None:
    assert settings.BASE_DIR not in settings.VAR.parents
    for alias in connections:
        assert settings.BASE_DIR not in Path(connections.settings[alias]["NAME"]).parents


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


def collected(tests: str, folder: Path, *options: str) -> str:
    """What pytest says of these tests, without carrying them out."""
    (folder / "test_it.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-c", "pyproject.toml", *options, str(folder)]
    environ = os.environ | {"PYTEST_ADDOPTS": "", "DATABASE_URL": "postgres://made:up@127.0.0.1/never_asked"}
    return subprocess.run(
        command, env=environ, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    ).stdout


def test_what_only_another_engine_can_show_is_not_selected(tmp_path: Path) -> None:
    told = collected(
        "import pytest\n"
        "def test_both(): pass\n"
        "@pytest.mark.sqlite_only\ndef test_files(): pass\n"
        "@pytest.mark.postgres_only\ndef test_roles(): pass\n",
        tmp_path,
    )
    assert "test_both" in told
    assert "test_files" in told
    assert "test_roles" not in told
    assert "1 deselected" in told


WITH_AND_WITHOUT = """
import pytest
from django.test import SimpleTestCase

@pytest.fixture
def shelf(db): pass

def test_numbers(tmp_path): pass
@pytest.mark.parametrize("number", [1, 2])
def test_more_numbers(number): pass

def test_rows(db): pass
def test_a_shelf(shelf): pass
def test_a_server(live_server): pass
def test_the_engine(engine): pass
@pytest.mark.django_db
def test_by_mark(): pass
@pytest.mark.postgres_only
def test_roles(): pass
class Case(SimpleTestCase):
    def test_as_a_case(self): pass
"""


def test_what_uses_no_database_can_be_left_to_another_engines_run(tmp_path: Path) -> None:
    told = collected(WITH_AND_WITHOUT, tmp_path, "--database=postgres", "--using-databases")
    assert "numbers" not in told
    for kept in ("rows", "a_shelf", "a_server", "the_engine", "by_mark", "roles", "as_a_case"):
        assert f"::test_{kept}\n" in told
    assert "3 tests show nothing more here and were left to another run" in told


def test_the_other_run_has_all_the_others(tmp_path: Path) -> None:
    told = collected(WITH_AND_WITHOUT, tmp_path, "--using-none")
    assert [line.rpartition("::")[2] for line in told.splitlines() if "::" in line] == [
        "test_numbers",
        "test_more_numbers[1]",
        "test_more_numbers[2]",
    ]
    assert "6 tests show nothing more here and were left to another run" in told


@pytest.mark.parametrize(("binding", "other"), [("direct", "wire"), ("wire", "direct")])
def test_what_is_there_in_another_binding_can_be_left_to_another_run(tmp_path: Path, binding: str, other: str) -> None:
    told = collected(
        "import pytest\n"
        "@pytest.fixture(params=['direct', 'wire', 'http'])\ndef binding(request): return request.param\n"
        "def test_a_direct_pair(binding): pass\n"
        f"@pytest.mark.parametrize('binding', ['{other}'])\ndef test_alone(binding): pass\n"
        "def test_of_none(): pass\n",
        tmp_path,
        f"--binding={binding}",
    )
    assert [line.rpartition("::")[2] for line in told.splitlines() if "::" in line] == [
        f"test_a_direct_pair[{binding}]",
        "test_a_direct_pair[http]",
        f"test_alone[{other}]",
        "test_of_none",
    ]
    assert "1 tests show nothing more here" in told


def test_a_test_that_uses_a_database_without_saying_so_fails() -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        rows_left()


def test_where_a_topology_has_several_processes_one_hosts_all_that_is_here(tmp_path: Path) -> None:
    for module in ("orders", "payments"):
        (tmp_path / "modules" / module).mkdir(parents=True)
        (tmp_path / "modules" / module / "__init__.py").touch()
    (tmp_path / "modules" / "orders" / "apps.py").touch()
    processes = '[processes.till]\nmodules = ["payments"]\n[processes.shop]\nmodules = ["orders"]\n'
    (tmp_path / "topology.toml").write_text(f'{processes}[events]\ntransport = "redis"\n')
    environ: dict[str, str] = {}

    Places(folder=tmp_path, resources=ExitStack()).host_all(tmp_path, environ)

    ours = load(Path(environ["TEARLINE_TOPOLOGY_FILE"]), modules=tmp_path / "modules")
    assert [(process.name, process.modules) for process in ours.processes] == [("shop", ("orders",))]
    assert ours.all_here


def test_an_example_may_take_its_time() -> None:
    assert examples().deadline is None
