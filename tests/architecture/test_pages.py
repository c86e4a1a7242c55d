"""Pages under docs/ say what is so: samples run or are read, commands exist, and what is named is there."""

import ast
import json
import re
import shlex
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests.processes import ROOT

DOCS = ROOT / "docs"
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if "decisions" not in path.parts]
PAGES += [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
RUN_AS_PRINTED = {
    "a-service-of-its-own.md": "tests/topologies/test_leaving.py",
    "adding-a-module.md": "tests/deployed/test_adding_page.py",
    "adding-an-adapter.md": "tests/deployed/test_pages_of_growing.py",
    "extracting-a-module.md": "tests/topologies/test_extracting_page.py",
    "moving-a-module.md": "tests/topologies/test_moving_page.py",
    "writing-a-saga.md": "tests/deployed/test_pages_of_growing.py",
}
"""Pages whose blocks a shell does, by the test that has it do so."""
DRAWN = {"mermaid"}
"""What is no sample but a picture. The site draws it."""


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for path in PAGES:
        text = path.read_text()
        for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(path.relative_to(ROOT).as_posix(), line, match[1], match[2]))
    return found


def of(*languages: str) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in blocks() if block.language in languages]


# Samples

PLAIN = {"", "text"}
READ = {"toml", "json", "python", "sh", "console", "http", *PLAIN, *DRAWN}


def test_no_sample_is_of_a_language_that_nobody_reads_here() -> None:
    assert [f"{block}: {block.language}" for block in blocks() if block.language not in READ] == []


@pytest.mark.parametrize("block", of("toml", "json"))
def test_a_sample_of_data_can_be_read(block: Block) -> None:
    (tomllib.loads if block.language == "toml" else json.loads)(block.text)


@pytest.mark.parametrize("block", of("python"))
def test_every_name_that_a_sample_of_python_takes_from_us_is_there(block: Block) -> None:
    """Whole ones are imported in how-tos that are run as printed. The others show the form of a declaration."""
    tree = ast.parse(_whole(block.text))
    known = _names_of_ours()
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    made_here = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert called - made_here - known == set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert all(hasattr(import_module(node.module), alias.name) for alias in node.names), ast.unparse(node)


def _whole(text: str) -> str:
    """Decorators with nothing under them decorate something."""
    return text if not text.rstrip().splitlines()[-1].startswith("@") else f"{text}def decorated(): ..."


def _names_of_ours() -> set[str]:
    public = ("tearline.events", "tearline.projections", "tearline.sagas", "tearline.work", "tearline.facades")
    modules = ("django.db.models", "standardwebhooks")
    return {name for place in (*public, *modules) for name in dir(import_module(place))}


# Commands

MANAGE = re.compile(r"manage\.py ([a-z_]+)((?:\s+(?:[^\s`|;>&<#)'\"]+|\"[^\"]*\"))*)")
MAKE = re.compile(r"(?:`|^)make ([a-z][a-z-]*)(?=[ `\n]|$)", re.MULTILINE)
OF_DJANGO = {"runserver", "shell", "migrate", "createsuperuser"}


def commands_in(page: Path) -> Iterator[tuple[str, list[str]]]:
    for match in MANAGE.finditer(page.read_text()):
        yield match[1], shlex.split(match[2], posix=False)


@pytest.mark.parametrize(
    "page", [pytest.param(path, id=path.name) for path in PAGES if path.name not in RUN_AS_PRINTED]
)
def test_commands_that_a_page_tells_to_type_exist_with_these_verbs_and_options(page: Path) -> None:
    for name, words in commands_in(page):
        assert name in get_commands(), name
        if name not in OF_DJANGO:
            unknown = {word.partition("=")[0] for word in words if word.startswith("--")} - set(_options(name))
            assert unknown == set(), f"{name} {' '.join(words)}"


def _options(name: str) -> Iterator[str]:
    """Of a command, and of its verbs."""
    app: Any = get_commands()[name]
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    parsers: list[ArgumentParser] = [command.create_parser("manage.py", name)]
    while parsers:
        parser = parsers.pop()
        yield from parser._option_string_actions
        for action in parser._actions:
            if isinstance(action.choices, dict):
                parsers += [each for each in action.choices.values() if isinstance(each, ArgumentParser)]


@pytest.mark.parametrize("page", [pytest.param(path, id=path.name) for path in PAGES])
def test_what_a_page_tells_to_make_can_be_made(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    there = {target for targets_of_a_line in targets for target in targets_of_a_line.split()}
    assert set(MAKE.findall(page.read_text())) - there == set()


def test_a_page_with_blocks_for_a_shell_is_run_as_printed() -> None:
    pages = {Path(block.page).name for block in blocks() if block.language in ("sh", "console")}
    assert pages - RUN_AS_PRINTED.keys() == set()
    for page, test in RUN_AS_PRINTED.items():
        assert page in (ROOT / test).read_text()


# What is named


def links_of(path: Path) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()) if "://" not in link]


@pytest.mark.parametrize(
    "page", [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in ROOT.glob("*.md")]
)
def test_links_of_pages_that_are_not_of_the_site_lead_somewhere(page: Path) -> None:
    """Those of the site are followed when it is built."""
    assert [link for link in links_of(page) if not (page.parent / link).exists()] == []


PATTERN = re.compile(r"^\| (?P<pattern>[^|]+) \| [^|]+ \| (?P<files>[^|]+) \| (?P<shown>[^|]+) \|$", re.MULTILINE)


def patterns() -> list[Any]:
    rows = [match for match in PATTERN.finditer((DOCS / "patterns.md").read_text()) if match["pattern"] != "pattern"]
    return [pytest.param(row, id=row["pattern"]) for row in rows if not row["pattern"].startswith("---")]


def test_all_patterns_of_the_field_have_a_place() -> None:
    named = " ".join(param.id or "" for param in patterns())
    field = ["business capability", "strangler", "synchronous call", "asynchronous", "database per", "saga", "circuit"]
    field += ["retry with backoff", "bulkhead", "API gateway", "aggregation", "health", "outbox", "idempotent consumer"]
    assert [each for each in field if each not in named] == []


@pytest.mark.parametrize("row", patterns())
def test_a_pattern_is_where_the_page_says_and_shown_by_the_test_that_it_names(row: re.Match[str]) -> None:
    files = re.findall(r"\]\(\.\./([^)]+)\)", row["files"])
    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []
    [(name, test)] = re.findall(r"\[`([^`]+)`\]\(\.\./([^)]+)\)", row["shown"])
    text = (ROOT / test).read_text()
    assert name == Path(test).name or f"def {name}(" in text


# The site


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    """But decisions and canvases, which a page of theirs lists."""
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    left_out = {page for page in pages if page.startswith(("decisions/0", "reference/modules/"))}
    assert set(_pages_in(navigation)) == pages - left_out


def _pages_in(navigation: Any) -> Iterator[str]:
    match navigation:
        case str():
            yield navigation
        case list():
            for each in navigation:
                yield from _pages_in(each)
        case dict():
            for each in navigation.values():
                yield from _pages_in(each)
