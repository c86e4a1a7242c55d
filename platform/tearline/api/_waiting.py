"""`Prefer: wait=SECONDS` (RFC 7240): a client may ask us to hold the answer until the outcome is known."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore
from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from ninja import Header

from tearline.databases import give_back_idle

LONGEST = 10  # seconds

_PREFERENCE = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')  # commas in quotes separate nothing

Prefer = Annotated[
    str | None,
    Header(
        None,
        alias="Prefer",
        description=f"`wait=10` holds the answer until the outcome is known, for {LONGEST} seconds at most.",
    ),
]


@dataclass(frozen=True)
class Wait:
    """How long the client would wait, and how long it may, in seconds."""

    asked: int
    seconds: int

    def status(self, *, reached: bool) -> int:
        """202 when the client asked for an outcome that is not there yet, else 201."""
        return 202 if self.asked and not reached else 201


@contextmanager
def waiting(prefer: str | None, response: HttpResponse) -> Iterator[Wait]:
    """Grants the wait that was asked for, unless a quarter of the server's threads are held by others already.

    Marks the response with Preference-Applied when it grants one.
    """
    asked = min(asked_wait(prefer or ""), LONGEST)
    if not asked or not _seats().acquire(blocking=False):
        yield Wait(asked=asked, seconds=0)
        return
    try:
        response["Preference-Applied"] = f"wait={asked}"
        give_back_idle()
        yield Wait(asked=asked, seconds=asked)
    finally:
        _seats().release()


def asked_wait(prefer: str) -> int:
    """The seconds of the first `wait` in a Prefer header; 0 when there is none that can be understood."""
    for preference in _PREFERENCE.findall(prefer):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            seconds = value.strip().removeprefix('"').removesuffix('"')
            return int(seconds) if re.fullmatch(r"[0-9]{1,9}", seconds) else 0
    return 0


@cache
def _seats() -> BoundedSemaphore:
    return BoundedSemaphore(max(1, settings.TEARLINE_SERVER_THREADS // 4))
