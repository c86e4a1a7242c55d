"""Every import contract holds, and every one of them can be broken."""

import configparser
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

DOORS = "Modules meet only by declared doors"
PUBLIC = "A module's public files know no internals"
VALUES = "A module's public files know no Django"
PLATFORM = "The platform knows no module"
COMPOSITION = "Only config composes"
DOWNWARDS = "Dependencies go one way"


@dataclass(frozen=True)
class Tree:
    """A copy of everything that the contracts are about, to do wrong in."""

    root: Path

    def add(self, path: str, line: str) -> int:
        """Append the line to the file, which is made if need be; says its line number."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [*(file.read_text().splitlines() if file.exists() else []), line]
        file.write_text("\n".join(lines) + "\n")
        return len(lines)

    def lint(self) -> subprocess.CompletedProcess[str]:
        found_first = os.pathsep.join([str(self.root), str(self.root / "platform")])
        return subprocess.run(
            [LINT, "--no-cache", "--no-logo"],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": found_first, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copied(tmp_path)


def copied(root: Path) -> Tree:
    for folder in ("modules", "platform", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", root)
    return Tree(root)


def test_the_repository_keeps_every_contract(tree: Tree) -> None:
    linted = tree.lint()

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout


OFFENCES = [
    # The door exists, but nobody declared that this module may go through it.
    (DOORS, "modules/shipping/services.py", "from modules.payments.facade import payments", "modules.payments.facade"),
    # The dependency is declared, but this is no door.
    (DOORS, "modules/orders/services.py", "from modules.payments.models import Payment", "modules.payments.models"),
    (DOORS, "modules/orders/local.py", "def late(): import modules.payments.services", "modules.payments.services"),
    (DOORS, "modules/catalog/tests/test_it.py", "import modules.orders.contracts", "modules.orders.contracts"),
    (DOORS, "tests/architecture/test_it.py", "from modules.orders import models", "modules.orders.models"),
    (DOORS, "platform/config/urls.py", "from modules.orders import api", "modules.orders.api"),
    (PUBLIC, "modules/payments/facade.py", "from modules.payments.models import Payment", "modules.payments.models"),
    # Declared for the module, but its public files would drag the peer's facade along wherever they go.
    (PUBLIC, "modules/orders/contracts.py", "from modules.payments.facade import payments", "modules.payments.facade"),
    (VALUES, "modules/orders/events.py", "from django.db import models", "django"),
    (VALUES, "platform/tearline/contracts.py", "import django.conf", "django"),
    (PLATFORM, "platform/tearline/contracts.py", "import modules.orders.contracts", "modules.orders.contracts"),
    (PLATFORM, "platform/tearline/topology.py", "from config import settings", "config.settings"),
    (COMPOSITION, "modules/orders/services.py", "from config import settings", "config.settings"),
]


@dataclass(frozen=True)
class Linted:
    """A tree with all of these offences, and what was said of it. `numbers`: the lines where they stand."""

    said: subprocess.CompletedProcess[str]
    numbers: dict[tuple[str, str, str, str], int]


@pytest.fixture(scope="module")
def linted(tmp_path_factory: pytest.TempPathFactory) -> Linted:
    tree = copied(tmp_path_factory.mktemp("offences"))
    numbers = {offence: tree.add(*offence[1:3]) for offence in OFFENCES}
    return Linted(tree.lint(), numbers)


@pytest.mark.parametrize("offence", OFFENCES, ids=lambda offence: f"{offence[1]}: {offence[2]}")
def test_an_import_that_a_contract_forbids_fails_the_check(offence: tuple[str, str, str, str], linted: Linted) -> None:
    contract, path, _, imported = offence
    importer = path.removeprefix("platform/").removesuffix(".py").replace("/", ".")

    assert linted.said.returncode == 1
    assert f"{contract} BROKEN" in linted.said.stdout
    assert f"{importer} -> {imported} (l.{linted.numbers[offence]})" in linted.said.stdout


UPWARDS = [
    ("platform/tearline/contracts.py", "def late(): from tearline.api import Problem", "tearline"),
    ("platform/tearline/work/_clock.py", "from tearline.work import _queues", "tearline.work"),
    ("modules/orders/models.py", "def late(): from modules.orders import services", "modules.orders"),
]


@pytest.mark.parametrize(("path", "line", "among"), UPWARDS)
def test_an_import_that_leads_back_up_fails_the_check(path: str, line: str, among: str, tree: Tree) -> None:
    tree.add(path, line)

    linted = tree.lint()

    assert linted.returncode == 1
    assert f"{DOWNWARDS} BROKEN" in linted.stdout
    assert f"No cycles are allowed in {among}." in linted.stdout


def test_every_contract_is_shown_to_break() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    declared = {section["name"] for name, section in config.items() if name.startswith("importlinter:contract")}

    assert {contract for contract, *_ in OFFENCES} | {DOWNWARDS} == declared


def test_a_new_module_is_covered_unasked(tree: Tree) -> None:
    tree.add("modules/refunds/__init__.py", '"""Owns refunds."""')
    tree.add("modules/refunds/models.py", "KINDS = 2")
    tree.add("modules/refunds/facade.py", "from modules.refunds.models import KINDS")
    tree.add("modules/orders/services.py", "from modules.refunds.facade import refunds")

    linted = tree.lint()

    assert f"{DOORS} BROKEN" in linted.stdout
    assert "modules.orders.services -> modules.refunds.facade" in linted.stdout
    assert f"{PUBLIC} BROKEN" in linted.stdout
    assert "modules.refunds.facade -> modules.refunds.models" in linted.stdout


def test_a_declared_door_that_nobody_uses_fails_the_check(tree: Tree) -> None:
    config = tree.root / ".importlinter"
    unused = "modules.catalog.** -> modules.payments.facade"
    config.write_text(config.read_text().replace("ignore_imports =\n", f"ignore_imports =\n    {unused}\n", 1))

    linted = tree.lint()

    assert linted.returncode == 1
    assert unused in linted.stdout
