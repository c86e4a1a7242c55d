"""Who may call whom from another process is what .importlinter declares, and the file that ships says the same."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.management.commands import allowed_calls as command
from tearline.boundaries import allowed_calls

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what is declared and what ships, to change."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    shutil.copy(command.FILE, tmp_path)
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(command, "FILE", tmp_path / command.FILE.name)
    return tmp_path


def declare(copy: Path, *doors: str) -> None:
    config = copy / ".importlinter"
    lines = "".join(f"    {door}\n" for door in doors)
    config.write_text(config.read_text().replace("ignore_imports =\n", f"ignore_imports =\n{lines}", 1))


def test_what_ships_is_what_is_declared(settings: Settings) -> None:
    call_command("allowed_calls", check=True)
    assert allowed_calls(ROOT / ".importlinter") == settings.TEARLINE_ALLOWED_CALLS


def test_a_door_that_is_declared_makes_the_file_stale_until_it_is_written_anew(copy: Path) -> None:
    declare(copy, "modules.catalog.** -> modules.inventory.facade")
    with pytest.raises(CommandError, match=r"Run: python manage\.py allowed_calls"):
        call_command("allowed_calls", check=True)
    call_command("allowed_calls")
    call_command("allowed_calls", check=True)
    assert json.loads((copy / "allowed_calls.json").read_text())["catalog"] == ["inventory"]


def test_a_file_that_was_changed_by_hand_is_stale(copy: Path) -> None:
    (copy / "allowed_calls.json").write_text('{"shipping": ["payments"]}')
    with pytest.raises(CommandError, match=r"is not what \.importlinter declares"):
        call_command("allowed_calls", check=True)


def test_only_a_facade_is_called_and_only_by_what_is_deployed(copy: Path) -> None:
    before = allowed_calls(copy / ".importlinter")
    declare(
        copy,
        "modules.catalog.** -> modules.inventory.contracts",
        "modules.catalog.** -> modules.inventory.events",
        "tests.** -> modules.payments.facade",
        "benchmarks.** -> modules.payments.facade",
    )
    assert allowed_calls(copy / ".importlinter") == before


def test_a_caller_goes_by_the_last_name_of_its_package(copy: Path) -> None:
    declare(copy, "config.back.office.** -> modules.payments.facade", "modules.refunds -> modules.payments.facade")
    allowed = allowed_calls(copy / ".importlinter")
    assert (allowed["office"], allowed["refunds"]) == (["payments"], ["payments"])
