"""What arguments of commands may hold. Whoever gives another is told which one it was, and what it should be."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError


def take_verbs(parser: ArgumentParser, *, default: str = "") -> Any:
    """The action that takes a parser for each verb. One of them must be given, unless there is a default."""
    title = f"verbs, by default {default}" if default else "verbs"
    return parser.add_subparsers(title=title, metavar="verb", required=not default)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A `type` for argparse: a whole number within these bounds."""

    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return number


port = whole(1, 65_535)
at_once = whole(1, 1000)
"""Processes or threads."""

MOST_DAYS = 36_500
days = whole(1, MOST_DAYS)


def file(text: str) -> Path:
    """A `type` for argparse: one that is there."""
    if not (path := Path(text)).is_file():
        raise ArgumentTypeError(f"there is no file {text!r}")
    return path


def folder(text: str) -> Path:
    """A `type` for argparse: one that is there."""
    if not (path := Path(text)).is_dir():
        raise ArgumentTypeError(f"there is no folder {text!r}")
    return path


def refuse_unless_hosted(modules: Iterable[str]) -> None:
    """Raises CommandError when this process does not host all of these modules."""
    if strangers := set(modules) - set(settings.TEARLINE_TOPOLOGY.hosted):
        raise CommandError(f"not hosted by this process: {', '.join(sorted(strangers))}")
