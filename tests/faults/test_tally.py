"""`make prove` fails when anything was wrong, when a run did not end, and when a planted bug was not noticed."""

import json
from pathlib import Path

import pytest

from tests.faults import conftest, tally
from tests.faults.conftest import Again

CROWDS = {"buyers": 200, "pieces": 20, "sold": 20, "carts": 100, "repeats": 95, "refunds": 96, "webhooks": 300}
ALL_IS_WELL = {"kills": 170, "cuts": 40, "faults": 60, "planted": 25, "noticed": 25, **CROWDS}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tally, "FOLDER", tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], **runs: dict[str, int]) -> tuple[int, list[str]]:
    """How the count of these runs ends, and what it prints."""
    for run, counted in runs.items():
        (tally.FOLDER / f"{run}.json").write_text(json.dumps(counted))
    with pytest.raises(SystemExit) as ended:
        tally.main()
    return int(ended.value.code or 0), capsys.readouterr().out.splitlines()


def test_the_runs_on_both_engines_are_added_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, sqlite=ALL_IS_WELL, postgres=ALL_IS_WELL) == (
        0,
        [
            "50 of 50 planted bugs noticed",
            "400 buyers for 40 pieces: 40 sold; at once 200 carts, 190 repeats, 192 refunds, 600 webhooks",
            "340 kills, 80 cuts, 120 faults, 0 violations",
        ],
    )


def test_a_violation_on_one_engine_is_enough(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, sqlite=ALL_IS_WELL, postgres=ALL_IS_WELL | {"violations": 1})
    assert (code, lines[-1]) == (1, "340 kills, 80 cuts, 120 faults, 1 violations")


def test_a_run_that_left_nothing_behind_is_a_violation(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, sqlite=ALL_IS_WELL)
    assert (code, lines[-1]) == (1, "170 kills, 40 cuts, 60 faults, 1 violations")


def test_a_bug_that_was_not_noticed_is_enough(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, sqlite=ALL_IS_WELL, postgres=ALL_IS_WELL | {"noticed": 24})
    assert (code, lines[0]) == (1, "49 of 50 planted bugs noticed")


def test_a_flash_sale_that_was_not_sold_out_is_enough(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = told(capsys, sqlite=ALL_IS_WELL, postgres=ALL_IS_WELL | {"sold": 19})
    assert code == 1


def test_runs_in_which_nothing_was_done_prove_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = told(capsys, sqlite={}, postgres={})
    assert code == 1


def test_whatever_fails_says_how_to_see_it_again(
    request: pytest.FixtureRequest, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEED", "7")
    again(AT="saga.called#2")
    command = conftest._replay(request.node)
    engine = request.config.getoption("--database")
    assert command.startswith("SEED=7 ")
    assert command.endswith(f"AT='saga.called#2' .venv/bin/pytest -m faults --database={engine} {request.node.nodeid}")
