"""`Prefer: wait=SECONDS` (RFC 7240): a client may ask us to hold the answer until the outcome is known.

`Prefer: respond-async` asks for the answer at once, and for a 202 when there is no outcome yet.
"""

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
ASYNC = "respond-async"

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
    """Whether the client asked for the outcome, and how many seconds it may wait for it."""

    asked: bool
    seconds: int

    def status(self, *, reached: bool) -> int:
        """202 when the client asked for an outcome that is not there yet, else 201."""
        return 202 if self.asked and not reached else 201


@contextmanager
def waiting(prefer: str | None, response: HttpResponse) -> Iterator[Wait]:
    """Grants the wait that was asked for, unless a quarter of the server's threads are held by others already.

    Marks the response with Preference-Applied when it grants one.
    """
    with a_seat_for(prefer) as wait:
        if wait.seconds:
            response["Preference-Applied"] = f"wait={wait.seconds}"
            give_back_idle()
        yield wait


@contextmanager
def a_seat_for(prefer: str | None) -> Iterator[Wait]:
    """One of the threads that may be held by waits at a time, while there is one. Without it nothing is granted."""
    asked = asked_wait(prefer or "")
    if not asked or not _seats().acquire(blocking=False):
        yield Wait(asked=bool(asked) or ASYNC in _names(prefer or ""), seconds=0)
        return
    try:
        yield Wait(asked=True, seconds=asked)
    finally:
        _seats().release()


def asked_wait(prefer: str) -> int:
    """The seconds of the first `wait` in a Prefer header, LONGEST at most; 0 when there is none to be understood."""
    for preference in _PREFERENCE.findall(prefer):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            seconds = value.strip().removeprefix('"').removesuffix('"')
            return min(int(seconds[:9]), LONGEST) if re.fullmatch(r"[0-9]+", seconds) else 0
    return 0


def without_wait(prefer: str) -> str:
    """The same preferences for whoever shall not hold the answer, and still tell that there is no outcome yet."""
    kept = [each.strip() for each in _PREFERENCE.findall(prefer) if _name(each) not in ("wait", ASYNC)]
    return ", ".join([*kept, ASYNC])


def _names(prefer: str) -> list[str]:
    return [_name(preference) for preference in _PREFERENCE.findall(prefer)]


def _name(preference: str) -> str:
    return str(preference.partition(";")[0].partition("=")[0].strip().lower())


@cache
def _seats() -> BoundedSemaphore:
    return BoundedSemaphore(max(1, settings.TEARLINE_SERVER_THREADS // 4))
