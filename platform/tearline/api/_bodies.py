"""Bodies are JSON read strictly: what two readers could understand in two ways is refused."""

import json
import math
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from ninja.parser import Parser

from tearline.problems import Problem

DEEPEST = 32
LONGEST_NUMBER = 4000
"""Digits, fewer than those at which Python stops reading (4,300)."""


class StrictParser(Parser):
    """Reads bodies for ninja, which tells a ValueError as 400.

    Only what says that it is JSON: a form on somebody else's page cannot say so, whoever looks at that page.
    """

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises Problem (415), ValueError."""
        charset = (request.content_params or {}).get("charset", "utf-8").lower()
        if request.content_type != "application/json" or charset != "utf-8" or "Content-Encoding" in request.headers:
            raise Problem(415, "unsupported_media_type", "Send the body plain, with Content-Type: application/json.")
        return cast(
            dict[str, Any], strict_json(request.body)
        )  # may be any JSON; the operation's model says what it must be


def strict_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises ValueError for what is not JSON (NaN and Infinity are not), for a name that occurs twice in an object, for
    nesting deeper than DEEPEST, for numbers beyond a double and for the character NUL, which databases refuse.
    """
    try:
        value = json.loads(
            text.decode(), object_pairs_hook=_each_name_once, parse_constant=_refuse_constant, parse_int=_whole
        )
    except UnicodeDecodeError:
        raise ValueError("it is not in UTF-8") from None
    except RecursionError:
        raise ValueError(f"nested deeper than {DEEPEST} levels") from None
    _check(value, depth=0)
    return value


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name occurs twice in an object")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too large")
    return int(digits)


def _check(value: Any, *, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"nested deeper than {DEEPEST} levels")
    match value:
        case str() if "\0" in value:
            raise ValueError("a text holds the character NUL")
        case float() if not math.isfinite(value):
            raise ValueError("a number is too large")
        case list():
            for item in value:
                _check(item, depth=depth + 1)
        case dict():
            for name, item in value.items():
                _check(name, depth=depth)
                _check(item, depth=depth + 1)
