"""Every way in which one Django module reaches another past the doors is seen, by name; and none is in use here.

Each is taken in a copy of the repository. import-linter sees three of those that were counted; what cannot be seen in
the code is in tests/tearline/test_guarding.py.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tearline.boundaries._finding import WAYS_OUT
from tests.architecture.ways import HARMLESS, LITTER, LOADING, TEMPLATE, TWICE, WAYS, Way

ROOT = Path(__file__).parents[2]
TASK = "from celery import shared_task\n@shared_task(name='till.open')\ndef open_till():\n    pass"


@dataclass(frozen=True)
class Checked:
    """What the check printed about a copy of the repository, and where the ways were taken there."""

    root: Path
    code: int
    found: list[dict[str, object]]
    lines: dict[Way, int]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for folder in ("modules", "platform"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("manage.py", "topology.toml", ".importlinter"):
        shutil.copy(ROOT / file, root)
    return root


@pytest.fixture(scope="module")
def clean(copy: Path) -> subprocess.CompletedProcess[str]:
    """The check, before anything was done."""
    return check(copy)


@pytest.fixture(scope="module")
def crossed(copy: Path, clean: subprocess.CompletedProcess[str]) -> Checked:
    """The check, after every way was taken."""
    put(copy, "modules/payments/templatetags/__init__.py", "")
    put(copy, "modules/payments/templatetags/pay_tags.py", "from django import template\nregister = template.Library()")
    put(copy, "modules/payments/services.py", TASK)
    put(copy, "modules/catalog/events/__init__.py", "")
    put(copy, "modules/orders/services.py", HARMLESS)
    put(copy, "modules/orders/loading.py", LOADING)
    put(copy, "modules/orders/templates/orders/mine.html", TEMPLATE)
    for path, content in LITTER.items():
        (copy / path).write_bytes(content)
    (copy / "modules/orders/.#services.py").symlink_to("nobody@nowhere")
    ends = {way: put(copy, way.path, way.code) for way in WAYS}
    lines = {way: way.line or end - way.below for way, end in ends.items()}
    checked = check(copy, "--format", "json")
    assert checked.stdout, checked.stderr
    return Checked(copy, checked.returncode, json.loads(checked.stdout), lines)


def put(root: Path, path: str, code: str) -> int:
    """Append it to the file, which is made if need be; the number of its last line."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}{code}\n")
    return len(file.read_text().splitlines())


def check(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "platform")]), "TEARLINE_PROCESS": ""}
    command = [sys.executable, "manage.py", "boundaries", "check", *arguments]
    return subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)


def test_the_repository_takes_none_of_them_and_accepts_none(clean: subprocess.CompletedProcess[str]) -> None:
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "")
    assert json.loads(settings.TEARLINE_ACCEPTED.read_text()) == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.channel}: {way.code.splitlines()[-1].strip()[:60]}")
def test_each_way_past_the_doors_is_found_by_its_name(way: Way, crossed: Checked) -> None:
    here = {"path": way.path, "line": crossed.lines[way], "channel": way.channel}
    found = [finding for finding in crossed.found if here.items() <= finding.items()]

    assert crossed.code == 1
    assert {(finding["module"], finding["owner"]) for finding in found} >= {(way.module, way.owner)}
    assert any(way.what in str(finding["what"]) for finding in found)
    assert all(finding["way_out"] for finding in found)


def test_what_python_cannot_read_is_named(copy: Path, crossed: Checked) -> None:
    put(copy, "modules/orders/tests/broken.py", "def (:")
    checked = check(copy)
    assert checked.returncode == 1
    assert checked.stderr.startswith("CommandError: modules/orders/tests/broken.py cannot be read: invalid syntax")


def test_two_of_a_kind_on_one_line_are_two(crossed: Checked) -> None:
    here = {"path": TWICE.path, "line": crossed.lines[TWICE]}
    assert [finding["column"] for finding in crossed.found if here.items() <= finding.items()] == [12, 48]


def test_a_statement_that_is_put_together_is_one(crossed: Checked) -> None:
    [forgotten] = [way for way in WAYS if "def forget(" in way.code]
    here = {"path": forgotten.path, "line": crossed.lines[forgotten]}
    assert len([finding for finding in crossed.found if here.items() <= finding.items()]) == 1


def test_modules_whose_migrations_need_each_other_are_found(crossed: Checked) -> None:
    [ring] = [finding for finding in crossed.found if finding["channel"] == "migration cycle"]
    assert ring["what"] in ("orders needs payments needs orders", "payments needs orders needs payments")


def test_nothing_else_is_found(crossed: Checked) -> None:
    taken = {(way.path, line, way.channel) for way, line in crossed.lines.items()}
    found = {(finding["path"], finding["line"], finding["channel"]) for finding in crossed.found}

    assert {place for place in found - taken if place[2] != "migration cycle"} == set()


def test_every_channel_is_shown_to_be_found() -> None:
    assert {way.channel for way in WAYS} | {"migration cycle"} == set(WAYS_OUT)
