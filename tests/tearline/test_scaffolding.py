"""A new module is whole, or there is none."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tearline.scaffolding import CannotStart, start
from tests.architecture.topologies import OF_THE_SHOP

RUFF = Path(sys.executable).with_name("ruff")
NEW = "unheardof"
"""A module that nobody has begun in this repository."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "modules").mkdir()
    (tmp_path / "topology.toml").write_text(OF_THE_SHOP)
    shutil.copy(settings.BASE_DIR / "pyproject.toml", tmp_path)
    return tmp_path


def begin(name: str, root: Path, *, process: str | None = None) -> list[str]:
    file = root / "topology.toml"
    written = start(name, process=process, root=root, topology_file=file, topology=settings.TEARLINE_TOPOLOGY)
    return [path.relative_to(root).as_posix() for path in written]


def test_all_that_a_module_has_is_written_and_nothing_is_left_open(root: Path) -> None:
    written = begin(NEW, root)

    assert {path.removeprefix(f"modules/{NEW}/") for path in written} == {
        *("__init__.py", "api.py", "apps.py", "contracts.py", "events.py", "facade.py", "local.py", "models.py"),
        *("services.py", "migrations/__init__.py", "migrations/0001_initial.py"),
        *("tests/__init__.py", "tests/test_api.py", "tests/test_facade.py", "topology.toml"),
    }
    assert not [path for path in written if "{{" in (root / path).read_text()]
    assert not list((root / "modules").glob(".*"))


def test_the_process_hosts_it_and_the_file_is_otherwise_as_it_was(root: Path) -> None:
    before = (root / "topology.toml").read_text()
    begin(NEW, root)
    assert (root / "topology.toml").read_text() == before.replace('"notifications"]', '"notifications", "unheardof"]')


@pytest.mark.parametrize("name", ["uno", "unheardofprogrammess"])
def test_it_is_written_as_the_formatter_would_whatever_its_name(name: str, root: Path) -> None:
    begin(name, root)
    for check in (["check"], ["format", "--check"]):
        ran = subprocess.run([RUFF, *check, "modules"], cwd=root, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout


TAKEN = ["class", "tearline", "events", "default", "public", "any"]


@pytest.mark.parametrize("name", ["", "ab", "Loyalty", "loyalty_points", "loyalty2", "../orders", "a" * 21, *TAKEN])
def test_a_name_that_will_not_do_is_refused(name: str, root: Path) -> None:
    with pytest.raises(CannotStart, match="is no name for a module"):
        begin(name, root)
    assert list((root / "modules").iterdir()) == []


@pytest.mark.parametrize("name", ["orders", NEW])
def test_a_module_that_there_is_stays_as_it_is(name: str, root: Path) -> None:
    (root / "modules" / NEW).mkdir()
    with pytest.raises(CannotStart, match=f"there is a module {name} already"):
        begin(name, root)
    assert list((root / "modules" / NEW).iterdir()) == []


@pytest.mark.parametrize("name", ["auth", "landing", "sessions"])
def test_a_name_by_which_django_knows_another_app_is_refused(name: str, root: Path) -> None:
    with pytest.raises(CannotStart, match=f"Django knows another app as '{name}'"):
        begin(name, root)
    assert list((root / "modules").iterdir()) == []


@pytest.mark.parametrize("interrupted", [False, True])
def test_what_cannot_be_gone_on_with_leaves_nothing(
    root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, interrupted: bool
) -> None:
    """Whatever the first command made, the second one fails, or somebody has had enough."""
    contracts = root / "contracts"
    contracts.mkdir()
    settings.BASE_DIR, settings.TEARLINE_TOPOLOGY_FILE = root, root / "topology.toml"
    settings.TEARLINE_CONTRACTS = contracts
    (root / "docker-compose.yml").write_text("services: {}\n")
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        (contracts / f"{NEW}.json").write_text("{}")
        fails = "contracts" in command
        if fails and interrupted:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(command, int(fails), "services: {more: {}}\n", "no room")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(KeyboardInterrupt if interrupted else CommandError, match=None if interrupted else "no room"):
        call_command("startmodule", NEW)
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == before


def test_an_unknown_process_is_refused(root: Path) -> None:
    with pytest.raises(CannotStart, match=r"topology.toml has no process 'mail'; there are shop"):
        begin(NEW, root, process="mail")
    assert list((root / "modules").iterdir()) == []
