"""A module written as a project of its own, and cut off here. Whether it runs: tests/topologies/test_leaving.py."""

import json
import subprocess
import tomllib
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tearline import topology
from tearline.boundaries import allowed_calls
from tearline.extraction import CannotExtract, Checkout, cut, lock, write
from tearline.extraction._declarations import Declarations
from tearline.extraction._imports import Imports
from tearline.extraction._topologies import apart
from tests.architecture import schemas
from tests.architecture.topologies import ALL_IN_ONE, ONE_OUT
from tests.checkouts import Copy

PUBLIC = {"__init__.py", "facade.py", "contracts.py", "events.py"}


def checkout_at(root: Path) -> Checkout:
    file = root / "topology.toml"
    return Checkout(root, file, topology.load(file, modules=root / "modules"))


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def commit(root: Path) -> None:
    identity = ["-c", "user.name=me", "-c", "user.email=me@shop.example"]
    for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", *command], cwd=root, check=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the repository."""
    return checkout_at(Copy(tmp_path / "shop").root)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two projects."""
    folder = tmp_path_factory.mktemp("services")
    checkout = checkout_at(Copy(folder / "shop").root)
    for module in ("payments", "notifications"):
        write(checkout, module, to=folder / module)
    return folder


# What is in it


def test_it_holds_the_module_whole_and_of_others_what_they_show(written: Path) -> None:
    modules = written / "notifications" / "modules"
    ours = files(modules / "notifications")
    theirs = {name: {path.name for path in (modules / name).iterdir()} for name in ("orders", "shipping", "inventory")}
    assert ours == files(written / "shop/modules/notifications")
    assert theirs == {"orders": PUBLIC, "shipping": PUBLIC, "inventory": PUBLIC}


def test_of_third_modules_it_holds_what_its_peers_speak_in(written: Path) -> None:
    modules = {
        project: {path.name for path in (written / project / "modules").iterdir() if path.is_dir()}
        for project in ("payments", "notifications")
    }
    assert modules["payments"] == {"payments", "orders", "catalog"}
    assert modules["notifications"] == {"notifications", "orders", "shipping", "inventory", "payments", "catalog"}
    assert {path.name for path in (written / "payments/modules/catalog").iterdir()} == {"__init__.py", "contracts.py"}


def test_it_is_composed_as_the_shop_is_but_for_what_calls_modules(written: Path) -> None:
    kept = files(written / "payments/platform/config")
    shop = files(written / "shop/platform/config")
    known = {path.name for path in (written / "payments/modules").iterdir()}
    elsewhere = {name for name in shop if name.startswith("contracts/") and Path(name).stem not in known}
    commands = {name for name in shop if name.startswith("management/") and b"\nfrom modules." in shop[name]}
    calls = {name for name in shop if name.startswith(("landing/", "overview/"))}
    assert {"contracts/shipping.json", "management/commands/demo.py"} <= elsewhere | commands
    assert kept.keys() == shop.keys() - elsewhere - commands - calls
    assert {"contracts/payments.json", "contracts/orders.json"} <= kept.keys()
    assert [name for name, text in kept.items() if text != shop[name]] == ["allowed_calls.json"]


def test_its_wheel_is_the_technical_platform_and_nothing_else(written: Path) -> None:
    [wheel] = (written / "payments" / "wheels").iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"tearline", "tearline-0.1.0.dist-info"}
    needed = ("py.typed", "testing/plugin.py", "migrations/0001_initial.py", "deployment/templates/docker-compose.yml")
    assert {f"tearline/{name}" for name in needed} <= {*names}


def test_it_is_a_project_that_installs_the_wheel_and_what_its_tests_import(written: Path) -> None:
    told = {
        module: tomllib.loads((written / module / "pyproject.toml").read_text())
        for module in ("payments", "notifications")
    }
    payments, notifications = told["payments"], told["notifications"]
    assert (payments["project"]["name"], payments["project"]["dependencies"]) == (
        "payments-service",
        ["tearline==0.1.0"],
    )
    assert payments["tool"]["uv"]["sources"]["tearline"]["path"] == "wheels/tearline-0.1.0-py3-none-any.whl"
    tools = {requirement.partition(">")[0] for requirement in payments["dependency-groups"]["dev"]}
    assert {"pytest", "mypy", "ruff", "import-linter"} <= tools
    assert {"selenium", "hatchling", "aiosmtpd"}.isdisjoint(tools)
    assert any(name.startswith("aiosmtpd") for name in notifications["dependency-groups"]["dev"])


def test_the_same_checkout_gives_the_same_files(written: Path) -> None:
    write(checkout_at(written / "shop"), "payments", to=written / "again")
    assert files(written / "again") == files(written / "payments")


def test_it_declares_its_doors_and_knows_who_comes_by_them(written: Path) -> None:
    declared = Declarations((written / "payments" / ".importlinter").read_text())
    assert declared.packages == ["modules", "config", "tests"]
    assert declared.doors_of("payments") == ["modules.payments.** -> modules.orders.contracts"]
    assert sorted(declared.elsewhere) == [
        "config.management.commands.reconcile_payments -> modules.payments.facade",
        "config.overview.** -> modules.payments.facade",
        "modules.notifications.** -> modules.payments.events",
        "modules.orders.** -> modules.payments.events",
        "modules.orders.** -> modules.payments.facade",
    ]
    assert json.loads((written / "payments/platform/config/allowed_calls.json").read_text()) == {
        "orders": ["payments"],
        "overview": ["payments"],
        "reconcile_payments": ["payments"],
    }


def test_its_compose_file_runs_its_process_alone(written: Path) -> None:
    file = written / "payments" / "docker-compose.yml"
    services: dict[str, Any] = yaml.safe_load(file.read_text())["services"]
    assert schemas.against_compose(file) == []
    assert {"payments", "payments-worker", "payments-beat", "payments-prepare", "postgres", "redis"} == {*services}
    assert services["payments"]["image"] == "payments-service:0.1.0"
    assert services["payments"]["environment"]["EVENTS_URL"].startswith("${EVENTS_URL:?")
    assert services["payments"]["environment"]["TEARLINE_SERVICE_KEYS"].startswith("${TEARLINE_SERVICE_KEYS:?")


def test_its_image_is_made_as_the_shops_is_with_the_wheel_let_in(written: Path) -> None:
    lines = {name: (written / name / "Dockerfile").read_text().splitlines() for name in ("shop", "payments")}
    assert [line for line in lines["payments"] if line not in lines["shop"]] == ["COPY wheels wheels"]
    assert "!wheels" in (written / "payments" / ".dockerignore").read_text().splitlines()


# Who hosts it


def test_it_goes_by_a_topology_in_which_the_module_has_a_process_that_others_reach(written: Path) -> None:
    ours = topology.load(written / "payments/topology.toml", modules=written / "payments/modules")
    assert (ours.process.name, ours.hosted, ours.process.url) == ("payments", ("payments",), "http://payments:8000")
    assert [process.url for process in ours.processes] == ["http://shop:8000", "http://payments:8000"]
    assert (ours.transport, set(ours.modules)) == (
        "redis",
        {*topology.load(written / "shop/topology.toml", modules=written / "shop/modules").modules},
    )


def test_a_topology_that_has_said_so_before_stays_as_it_is(checkout: Checkout) -> None:
    checkout.topology_file.write_text(ONE_OUT)
    assert apart(ONE_OUT, checkout_at(checkout.root).topology, "payments") == ONE_OUT


def test_where_it_is_reached_may_be_told(checkout: Checkout) -> None:
    told = tomllib.loads(apart(ALL_IN_ONE, checkout.topology, "payments", url="http://till:9000"))
    assert told["processes"]["payments"] == {"modules": ["payments"], "url": "http://till:9000"}
    assert "payments" not in told["processes"]["shop"]["modules"]


# What cannot be


@pytest.mark.parametrize("module", ["refunds", "../orders", ""])
def test_what_is_no_module_is_refused_with_those_that_are(module: str, checkout: Checkout, tmp_path: Path) -> None:
    with pytest.raises(CannotExtract, match=f"there are {', '.join(sorted(checkout.topology.present))}"):
        write(checkout, module, to=tmp_path / "service")


def test_a_folder_with_something_in_it_is_left_alone(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "precious").touch()
    with pytest.raises(CannotExtract, match="is there, and not empty"):
        write(checkout, "payments", to=tmp_path / "service")
    assert [*files(tmp_path / "service")] == ["precious"]


@pytest.mark.parametrize("changes", ["modules/payments/models.py", "modules/payments/new.py"])
def test_what_is_not_committed_does_not_leave(changes: str, checkout: Checkout, tmp_path: Path) -> None:
    commit(checkout.root)
    with (checkout.root / changes).open("a") as file:
        file.write("\n")
    for leave in (lambda: write(checkout, "payments", to=tmp_path / "service"), lambda: cut(checkout, "payments")):
        with pytest.raises(CannotExtract, match=rf"not committed:\n.* {changes}"):
            leave()
    assert not (tmp_path / "service").exists()
    assert (checkout.folder("payments") / "models.py").exists()


def test_what_fails_half_way_leaves_nothing(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.root / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(CannotExtract, match=r"there is no line 'COPY pyproject\.toml uv\.lock \./'"):
        write(checkout, "payments", to=tmp_path / "services" / "payments")
    assert [*(tmp_path / "services").iterdir()] == []


def test_without_a_lock_file_it_is_said_why(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "old.lock").write_text("version = 1\n")
    assert "pyproject.toml" in lock(tmp_path, like=tmp_path / "old.lock")
    assert not (tmp_path / "uv.lock").exists()


def test_the_command_does_not_guess_what_to_do(settings: Settings) -> None:
    with pytest.raises(CommandError, match="Say where to write the project"):
        call_command("extract", "payments")
    with pytest.raises(CommandError, match="there is no module 'refunds' here"):
        call_command("extract", "refunds", "--cut", stdout=StringIO())


# What is left


def test_what_is_left_is_what_its_callers_keep(checkout: Checkout) -> None:
    cut(checkout, "payments")
    assert {path.name for path in checkout.folder("payments").iterdir()} == PUBLIC
    left = checkout_at(checkout.root)
    assert left.topology.elsewhere == {"payments"}
    assert left.topology.host_of("payments").name == "payments"
    with pytest.raises(CannotExtract, match="payments has left: only its public files are here"):
        cut(left, "payments")


def test_who_has_left_may_still_call_and_hear_what_it_has_declared(checkout: Checkout) -> None:
    before = allowed_calls(checkout.root / ".importlinter")
    for module in ("notifications", "payments"):
        cut(checkout_at(checkout.root), module)
    declared = Declarations((checkout.root / ".importlinter").read_text())
    assert allowed_calls(checkout.root / ".importlinter") == before
    assert "modules.notifications.** -> modules.orders.facade" in declared.elsewhere
    imports = Imports(checkout.root)
    assert [door for door in declared.doors if not imports.match(door)] == []


def test_it_is_told_which_tests_have_to_do_without(checkout: Checkout) -> None:
    importing = cut(checkout, "payments").importing
    assert Path("tests/journeys/shop.py") in importing
    assert Path("modules/orders/sagas.py") not in importing


def test_a_module_leaves_a_shop_that_another_has_left(checkout: Checkout, tmp_path: Path) -> None:
    cut(checkout, "notifications")
    write(checkout_at(checkout.root), "orders", to=tmp_path / "orders")
    assert "notifications" in allowed_calls(tmp_path / "orders" / ".importlinter")


SAMPLE = """\
# All of it.
[importlinter]
root_packages =
    tearline
    modules

[importlinter:contract:doors]
type = protected
ignore_imports =
    # kept
    modules.a.** -> modules.b.facade
    # gone with all below
    modules.c.** -> modules.b.facade
    modules.d.** -> modules.b.facade
    # half of it
    modules.c.** -> modules.b.events
    modules.a.** -> modules.b.events
    # gone at the end
    modules.c.** -> modules.b.contracts
unmatched_ignore_imports_alerting = error

# Of the platform.
[importlinter:contract:platform]
source_modules = tearline
forbidden_modules =
    modules
"""


def test_comments_stay_with_what_they_are_about(tmp_path: Path) -> None:
    (tmp_path / "modules" / "a").mkdir(parents=True)
    (tmp_path / "modules" / "b").mkdir()
    for name, text in {
        "modules/__init__.py": "",
        "modules/a/__init__.py": "",
        "modules/b/__init__.py": "",
        "modules/b/facade.py": "",
        "modules/b/events.py": "",
        "modules/a/services.py": "from modules.b.facade import b\nfrom modules.b import events\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert (
        Declarations(SAMPLE).for_service("b", Imports(tmp_path))
        == """\
# All of it.
[importlinter]
root_packages =
    modules

[importlinter:contract:doors]
type = protected
ignore_imports =
    # kept
    modules.a.** -> modules.b.facade
    # half of it
    modules.a.** -> modules.b.events
unmatched_ignore_imports_alerting = error

# Declared in other repositories, where its imports are seen.
[tearline:elsewhere]
doors =
    modules.c.** -> modules.b.facade
    modules.d.** -> modules.b.facade
    modules.c.** -> modules.b.events
"""
    )
