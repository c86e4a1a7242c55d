"""Dated versions of the API. The code speaks the newest alone; a change between two versions is told as what undoes it.

Who sends `API-Version: 2026-11-01` is answered as that version answered. Whatever was compatible needs no version.
"""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from tearline.api._bodies import strict_json
from tearline.problems import Flaw, Problem

API_VERSION = "API-Version"

Told = Callable[[Any], Any]
"""From JSON to JSON, of a whole body. Touches nothing that it is given."""


def _as_it_is(told: Any) -> Any:
    return told


@dataclass(frozen=True)
class Change:
    """What came with a version, for the operations of these ids (`orders_place`).

    `request`: from what was sent before, what is sent now; of any JSON object, as it comes before all checks.
    `answer`: from what is answered now, what was before.
    """

    operations: frozenset[str]
    request: Told = _as_it_is
    answer: Told = _as_it_is


@dataclass(frozen=True)
class ApiVersion:
    """`deprecated`: from when on nobody should use it; `sunset`: the day on which it ends."""

    day: date
    changes: Sequence[Change] = ()
    deprecated: date | None = None
    sunset: date | None = None

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def headers(self) -> dict[str, str]:
        """Of each answer (RFC 9745, RFC 8594)."""
        said = {API_VERSION: str(self)}
        if self.deprecated:
            said["Deprecation"] = f"@{_second(self.deprecated)}"
        if self.sunset:
            said["Sunset"] = http_date(_second(self.sunset))
        return said


class Versions:
    """All that are known. Of the oldest, no changes are told."""

    def __init__(self, *known: ApiVersion) -> None:
        """Raises ValueError unless they are told oldest first."""
        days = [version.day for version in known]
        if not days or days != sorted({*days}):
            raise ValueError("versions are told oldest first, each once")
        self.known = known

    @property
    def newest(self) -> ApiVersion:
        return self.known[-1]

    def asked(self, name: str | None) -> ApiVersion:
        """The newest, unless another one is named. Raises Problem (400)."""
        if name is None:
            return self.newest
        for version in self.known:
            if str(version) == name:
                return version
        detail = f"This version of the API is not served. These are: {', '.join(map(str, self.known))}."
        flaw = Flaw(parameter=API_VERSION, code="unknown_version", message="This version is not known here.")
        raise Problem(400, "unknown_version", detail, errors=[flaw])

    def after(self, version: ApiVersion, operation: str) -> list[Change]:
        """What changed for an operation since, oldest first."""
        newer = [each for each in self.known if each.day > version.day]
        return [change for each in newer for change in each.changes if operation in change.operations]


UNCHANGED = Versions(ApiVersion(date(2026, 11, 1)))
"""There was no other before."""


def in_versions(versions: Versions, operation_id: str, run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Has an operation asked, and answer, as the version does that a request names. Problems are alike in all."""

    @functools.wraps(run)
    def asked(request: HttpRequest, **parameters: Any) -> HttpResponse:
        try:
            version = versions.asked(request.headers.get(API_VERSION))
        except Problem as unknown:
            return unknown.answer(request)
        changes = versions.after(version, operation_id)
        _bring_up(request, changes)
        response = run(request, **parameters)
        if response.status_code >= 400:
            return response
        _take_back(response, changes)
        for name, value in version.headers.items():
            response[name] = value
        patch_vary_headers(response, [API_VERSION])
        return response

    return asked


def _bring_up(request: HttpRequest, changes: Sequence[Change]) -> None:
    """What is no JSON object is left to whoever refuses it."""
    if not changes or not request.body:
        return
    try:
        told = strict_json(request.body)
    except ValueError:
        return
    if not isinstance(told, dict):
        return
    for change in changes:
        told = change.request(told)
    request._body = json.dumps(told).encode()  # where Django keeps what it has read


def _take_back(response: HttpResponse, changes: Sequence[Change]) -> None:
    if not changes or not response.content:
        return
    told = json.loads(response.content)
    for change in reversed(changes):
        told = change.answer(told)
    response.content = json.dumps(told).encode()


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
