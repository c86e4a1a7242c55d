"""Keeps secrets and personal data out of what is told.

Nobody means to log them: they come in the texts of errors. So whatever text leaves (log lines, spans, the errors that
rows keep) loses what has the shape of one, and the places where libraries quote values.
"""

import functools
import re

from django.conf import settings

_SHAPES = {
    # Quoted by PostgreSQL: "DETAIL:  Failing row contains (…)". The value may have lines of its own.
    r"(?s)\b(?:DETAIL|CONTEXT): .*?(?=\nHINT:|\n\nThe above exception|\n\nDuring handling|\Z)": "(values left out)",
    # Quoted by pydantic
    r"(?s)\binput_value=.*?, input_type=": "input_value=…, input_type=",
    r"(?<=://)[^/\s@]+@": "(credentials)@",
    r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)+": "(e-mail address)",
    r"\bsk_(?:test|live)_\w+": "(API key)",
    r"(?i)\bbearer\s+[\w.~+/=-]+": "Bearer (token)",
}
"""Patterns, and what stands in their place."""


def discreet(text: str) -> str:
    """The text without secrets and personal data, as far as they can be told by their shape.

    `settings.TEARLINE_HIDDEN` adds the shapes that only this shop has: pattern to what stands in its place.
    """
    for pattern, instead in _shapes(tuple(settings.TEARLINE_HIDDEN.items())):
        text = pattern.sub(instead, text)
    return text


@functools.cache
def _shapes(hidden: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), instead) for pattern, instead in (*_SHAPES.items(), *hidden))
