"""On which line of a TOML file something is said.

Python's parser keeps no lines, and a second parser could read the file differently. So the same one is asked again: cut
off after a line, the file can be read just when no statement is cut through. What is there after such a cut and was not
there after the one before is what the statement between them says.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Key = str | int
"""The name of a table or value, or the place in a list, from 0."""


def line_of(text: str, *keys: Key) -> int:
    """Where what these keys lead to begins, from 1; where the nearest thing around it does, when it is not there.

    The text must be TOML.
    """
    if not keys:
        return 1
    for first, last in _statements(text):
        if _is_there(_readable(text, last), keys):
            return _line_in_list(text, first, last, keys)
    return line_of(text, *keys[:-1])


def line_of_error(text: str, error: tomllib.TOMLDecodeError) -> int:
    """Where the parser stopped, from 1."""
    told = re.search(r"\(at line (\d+),", str(error))
    return int(told[1]) if told else text.rstrip().count("\n") + 1


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each, from 1. Comments and empty lines count as statements."""
    first = 1
    for last in range(1, text.count("\n") + 2):
        if _readable(text, last) is not None:
            yield first, last
            first = last + 1


def _line_in_list(text: str, first: int, last: int, keys: tuple[Key, ...]) -> int:
    """In a list that is written over several lines, the one with this element."""
    if isinstance(keys[-1], int):
        for line in range(first, last):
            if _is_there(_readable(text, line, closing="\n]"), keys):
                return line
        return last if _readable(text, last - 1, closing="\n]") else first
    return first


def _readable(text: str, lines: int, *, closing: str = "") -> dict[str, Any] | None:
    """What the first lines say, or None when something is cut through."""
    try:
        return tomllib.loads("\n".join(text.split("\n")[:lines]) + closing)
    except tomllib.TOMLDecodeError:
        return None


def _is_there(content: Any, keys: tuple[Key, ...]) -> bool:
    for key in keys:
        try:
            content = content[key]
        except (LookupError, TypeError):
            return False
    return True
