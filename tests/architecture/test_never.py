"""What README says must never be: each line has something that refuses it, and a test that shows it refuse."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[`([^`]+)`\]\(([^)]+)\)")
NEVER = {
    "shared databases",
    "chains of modules that wait for each other",
    "calls without a circuit breaker",
    "a distributed monolith",
    "a network that is taken for sound",
    "a step without compensation",
    "microservices to begin with",
    "chatty modules",
}


def lines_of(readme: str) -> dict[str, tuple[str, str]]:
    """What refuses each thing, and what shows it."""
    table = readme.partition("### Never")[2].partition("\n`make prove`")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| ")][1:]
    return {never: (refuses, shows) for never, refuses, shows in rows}


LINES = lines_of((ROOT / "README.md").read_text())


def test_the_list_is_whole() -> None:
    assert set(LINES) == NEVER


@pytest.mark.parametrize("never", sorted(NEVER))
def test_what_refuses_it_and_what_shows_that_are_there(never: str) -> None:
    refuses, shows = LINES[never]

    assert LINK.findall(refuses) or LINK.findall(shows)
    for name, path in LINK.findall(f"{refuses} {shows}"):
        assert (ROOT / path).exists()
        assert not name.startswith("test_") or name.endswith(".py") or f"def {name}(" in (ROOT / path).read_text()


@pytest.mark.parametrize("never", sorted(NEVER))
def test_a_test_shows_it(never: str) -> None:
    assert [path for _, path in LINK.findall(LINES[never][1]) if path.startswith("tests/")]
