"""The layout's traps are guarded, and every guard bites."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import layout

ROOT = Path(__file__).parents[2]
Rule = Callable[[Path], Iterator[str]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree in which everything lies where it should."""
    for package in (*layout.PACKAGES, "modules/orders"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text('"""Owns orders, never money."""\n')
    return tmp_path


def add(tree: Path, path: str, text: str = "ANSWER = 42\n") -> None:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(text)


@pytest.mark.parametrize("rule", layout.RULES)
def test_the_repository_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize("rule", layout.RULES)
def test_a_tree_in_order_is_left_alone(rule: Rule, tree: Path) -> None:
    assert list(rule(tree)) == []


BAD_TREES = [
    (layout.platform_is_a_plain_folder, "platform/__init__.py"),
    (layout.platform_is_a_plain_folder, "platform/conftest.py"),
    (layout.platform_is_a_plain_folder, "platform/test_platform.py"),
    (layout.the_standard_platform_module_is_found, "platform/__init__.py"),
    (layout.tests_do_not_repeat_the_source_roots, "tests/platform/__init__.py"),
    (layout.tests_do_not_repeat_the_source_roots, "tests/modules/__init__.py"),
    (layout.every_folder_of_python_is_a_package, "modules/orders/adapters/simulated.py"),
    (layout.every_folder_of_python_is_a_package, "platform/tearline/work/worker.py"),
    (layout.every_folder_of_python_is_a_package, "tests/journeys/test_checkout.py"),
    (layout.modules_hold_the_same_names, "modules/orders/remote.py"),
    (layout.modules_hold_the_same_names, "modules/orders/letters.py"),
    (layout.modules_say_what_they_own, "modules/refunds/__init__.py"),
    (layout.names_mean_something, "platform/tearline/utils.py"),
    (layout.names_mean_something, "modules/orders/adapters/helpers.py"),
    (layout.names_mean_something, "tests/common/__init__.py"),
]


@pytest.mark.parametrize(("rule", "path"), BAD_TREES)
def test_a_file_in_the_wrong_place_is_reported(rule: Rule, path: str, tree: Path) -> None:
    add(tree, path)

    assert [line.split(":")[0] for line in rule(tree)] in ([path], [str(Path(path).parent)], ["platform/"])


def test_an_empty_file_is_reported(tree: Path) -> None:
    add(tree, "modules/orders/events.py", "\n")

    assert list(layout.files_have_something_to_say(tree)) == ["modules/orders/events.py: empty"]


def test_every_rule_is_shown_to_bite() -> None:
    shown = {rule for rule, _ in BAD_TREES} | {layout.files_have_something_to_say}

    assert shown == set(layout.RULES)
