"""What `manage.py boundaries check` makes of what it finds: the ledger, the formats, the exit."""

import json
import subprocess
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tearline.boundaries import Finding, _checking
from tearline.boundaries._finding import WAYS_OUT

FOUND = Finding(
    "modules/orders/services.py", 7, "get_model", "orders", "payments", "apps.get_model('payments.Payment')"
)
AGAIN = Finding(
    "modules/orders/services.py", 9, "get_model", "orders", "payments", "apps.get_model('payments.Payment')"
)
ENTRY = {
    "channel": "get_model",
    "path": "modules/orders/services.py",
    "module": "orders",
    "owner": "payments",
    "what": "apps.get_model('payments.Payment')",
}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    file = tmp_path / "accepted.json"
    file.write_text("[]")
    return file


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the check finds here."""
    findings = [FOUND]
    monkeypatch.setattr(_checking, "CHANNELS", (lambda: iter(findings),))
    return findings


def check(ledger: Path, **options: Any) -> tuple[str, str, str]:
    """What it printed, what it complained of, and how it failed."""
    out, err = StringIO(), StringIO()
    try:
        call_command("boundaries", "check", ledger=ledger, stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), str(error)
    return out.getvalue(), err.getvalue(), ""


def git(at: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=at, check=True)


def test_a_finding_names_file_line_channel_owner_and_the_way_out(ledger: Path, found: list[Finding]) -> None:
    out, err, failure = check(ledger)

    assert out == (
        "modules/orders/services.py:7: get_model: orders reaches payments: apps.get_model('payments.Payment'). "
        "Ask payments by its facade, or hear of it by its events.\n"
    )
    assert (err, failure) == ("", "boundaries crossed: 1")


def test_json_tells_the_same(ledger: Path, found: list[Finding]) -> None:
    [told] = json.loads(check(ledger, format="json")[0])
    assert told == ENTRY | {
        "line": 7,
        "column": 0,
        "way_out": "Ask payments by its facade, or hear of it by its events.",
    }


def test_sarif_tells_the_same(ledger: Path, found: list[Finding]) -> None:
    told = json.loads(check(ledger, format="sarif")[0])
    [run] = told["runs"]
    [result] = run["results"]
    [place] = result["locations"]

    assert told["version"] == "2.1.0"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(run["tool"]["driver"]["rules"]) == len(WAYS_OUT)
    assert "orders reaches payments" in result["message"]["text"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "modules/orders/services.py"
    assert place["physicalLocation"]["region"] == {"startLine": 7}


def test_sarif_tells_two_in_one_line_apart(ledger: Path, found: list[Finding]) -> None:
    found[:] = [replace(FOUND, column=column) for column in (12, 48)]
    results = json.loads(check(ledger, format="sarif")[0])["runs"][0]["results"]
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in results]
    assert regions == [{"startLine": 7, "startColumn": 12}, {"startLine": 7, "startColumn": 48}]


def test_json_and_sarif_of_nothing_are_whole_documents(ledger: Path, found: list[Finding]) -> None:
    found.clear()
    assert json.loads(check(ledger, format="json")[0]) == []
    assert json.loads(check(ledger, format="sarif")[0])["runs"][0]["results"] == []


def test_what_the_ledger_accepts_passes_wherever_it_has_moved_in_its_file(ledger: Path, found: list[Finding]) -> None:
    ledger.write_text(json.dumps([ENTRY]))
    assert check(ledger) == ("", "", "")


def test_an_entry_accepts_one_finding_and_not_the_next_of_its_kind(ledger: Path, found: list[Finding]) -> None:
    ledger.write_text(json.dumps([ENTRY]))
    found.append(AGAIN)
    out, _, failure = check(ledger)
    assert out.startswith("modules/orders/services.py:9:")
    assert failure == "boundaries crossed: 1"


def test_an_entry_for_what_is_gone_has_to_go(ledger: Path, found: list[Finding]) -> None:
    ledger.write_text(json.dumps([ENTRY]))
    found.clear()
    _, err, failure = check(ledger)
    assert "accepts what is not there any more: get_model, modules/orders/services.py, orders, payments" in err
    assert failure == "boundaries crossed: 0, ledger lines to take out: 1"


def test_the_ledger_may_shrink_and_not_grow(ledger: Path, found: list[Finding]) -> None:
    git(ledger.parent, "init", "--quiet", "--initial-branch=main")
    git(ledger.parent, "add", ".")
    git(ledger.parent, "commit", "--quiet", "--message", "none")
    ledger.write_text(json.dumps([ENTRY]))

    _, err, failure = check(ledger, against="main")
    assert "accepts more than at main: get_model" in err
    assert failure == "boundaries crossed: 0, ledger lines to take out: 1"

    git(ledger.parent, "commit", "--quiet", "--all", "--message", "one")
    assert check(ledger, against="main") == ("", "", "")
    found.clear()
    ledger.write_text("[]")
    assert check(ledger, against="main") == ("", "", "")


def test_a_ledger_that_was_not_there_yet_accepted_nothing(ledger: Path, found: list[Finding]) -> None:
    git(ledger.parent, "init", "--quiet", "--initial-branch=main")
    git(ledger.parent, "commit", "--quiet", "--allow-empty", "--message", "empty")
    ledger.write_text(json.dumps([ENTRY]))
    assert "accepts more than at main" in check(ledger, against="main")[1]


@pytest.mark.parametrize("text", ["", "{}", "{}x", '[{"channel": "import"}]', "[1]"])
def test_a_ledger_that_is_none_is_refused(text: str, ledger: Path, found: list[Finding]) -> None:
    ledger.write_text(text)
    assert check(ledger)[2].startswith("the ledger is a JSON list of objects with channel, path, module, owner, what")


def test_a_ledger_that_is_not_there_is_refused(ledger: Path, found: list[Finding]) -> None:
    ledger.unlink()
    assert check(ledger)[2].endswith("No such file or directory")


def test_an_unknown_branch_is_refused(ledger: Path, found: list[Finding]) -> None:
    git(ledger.parent, "init", "--quiet", "--initial-branch=main")
    assert check(ledger, against="nowhere")[2] == "no such branch or commit: nowhere"
