"""Pages say what is so: somebody runs each sample, commands exist, and what is named is there."""

import re
import shlex
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests.pages.samples import NOT_RUN, PAGES, RUN_BY, Sample, printed, samples
from tests.processes import ROOT

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
GENERATED = "docs/reference/"
"""Pages that `make lint` compares with what is written anew."""


# Samples


def test_every_sample_is_run_or_listed_with_the_reason_why_not() -> None:
    """Whoever runs them takes as many as there are: one more on a page fails there, or here."""
    nobodys = [sample for sample in samples() if sample.why_not_run is None and not _is_run(sample)]
    assert [f"{sample}: {sample.language}" for sample in nobodys] == []


def _is_run(sample: Sample) -> bool:
    return (sample.page, sample.language) in RUN_BY or sample.page.startswith(GENERATED)


@pytest.mark.parametrize(("page", "language"), RUN_BY)
def test_who_runs_samples_names_their_page_and_there_are_some(page: str, language: str) -> None:
    assert printed(page, language)
    text = (ROOT / RUN_BY[page, language]).read_text()
    assert page in text or f'"{Path(page).name}"' in text


def test_what_is_listed_as_not_run_is_there() -> None:
    for page, beginnings in NOT_RUN.items():
        texts = [sample.text for sample in samples() if sample.page == page]
        assert {each: sum(text.startswith(each) for text in texts) for each in beginnings} == dict.fromkeys(
            beginnings, 1
        )


@pytest.mark.parametrize("page", [pytest.param(path, id=path.name) for path in (*PAGES, *DECISIONS)])
def test_a_sample_stands_between_fences_of_one_form(page: Path) -> None:
    """One that is indented, or set off in another of Markdown's ways, would be missed."""
    assert missed(page.read_text()) == []


@pytest.mark.parametrize(
    "sample",
    [
        *('```python title="a.py"\n1\n```', "```shell-session\n1\n```", "- so:\n\n   ```python\n   1\n   ```"),
        *("~~~python\n1\n~~~", "````python\n1\n````", "<pre><code>1</code></pre>", "so:\n\n    python\n"),
    ],
)
def test_a_sample_that_would_be_missed_is_seen(sample: str) -> None:
    assert missed(f"Some prose.\n\n{sample}\n\n```python\n2\n```\n\nMore.\n")


def test_no_decision_has_a_sample_that_nobody_would_run() -> None:
    assert [path.name for path in DECISIONS if "```" in path.read_text()] == []


def missed(text: str) -> list[str]:
    prose = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^\s*(?:```|~~~|<pre).*|(?<=\n\n) {4}\S.*", prose, re.MULTILINE)


# Commands

MANAGE = re.compile(r"manage\.py ([a-z_]+)((?:\s+(?:[^\s`|;>&<#)'\"]+|\"[^\"]*\"))*)")
MAKE = re.compile(r"(?:`|^)make ([a-z][a-z-]*)(?=[ `\n]|$)", re.MULTILINE)
OF_DJANGO = {"runserver", "shell", "migrate", "createsuperuser"}


def _is_done_in_a_shell(page: Path) -> bool:
    """It makes commands of its own on the way."""
    return (page.relative_to(ROOT).as_posix(), "sh") in RUN_BY


def commands_in(page: Path) -> Iterator[tuple[str, list[str]]]:
    for match in MANAGE.finditer(page.read_text()):
        yield match[1], shlex.split(match[2], posix=False)


@pytest.mark.parametrize("page", [pytest.param(path, id=path.name) for path in PAGES if not _is_done_in_a_shell(path)])
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
