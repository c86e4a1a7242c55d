"""What README says must never be: each line has something that refuses it, and a test that shows it refuse."""

import ast
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


def named_in(file: Path) -> set[str]:
    defined = ast.parse(file.read_text()).body
    return {each.name for each in defined if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


def is_shown(shows: str) -> bool:
    """Whether it leads to tests, each by its name in the file that has it."""
    tests = [(name, ROOT / path) for name, path in LINK.findall(shows) if path.startswith("tests/")]
    return bool(tests) and all(name in named_in(file) for name, file in tests)


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
    assert is_shown(LINES[never][1])


@pytest.mark.parametrize("never", sorted(NEVER))
def test_nothing_shows_itself(never: str) -> None:
    refuses, shows = LINES[never]
    assert {*LINK.findall(refuses)}.isdisjoint(LINK.findall(shows))


@pytest.mark.parametrize(
    "shows",
    [
        "",
        "[`make prove`](docs/proving.md)",
        "[`test_never.py`](tests/architecture/test_never.py)",
        "[`named_in`](tests/architecture/test_never.py)",
        "[`test_that_there_is_not`](tests/architecture/test_never.py)",
        "[`test_the_list_is_whole`](tests/architecture/layout.py)",
        "[`test_the_list_is_whole`](tests/architecture/test_never.py), [`test_x`](tests/architecture/test_never.py)",
    ],
)
def test_a_file_by_itself_and_a_test_that_is_not_in_it_show_nothing(shows: str) -> None:
    assert not is_shown(shows)
