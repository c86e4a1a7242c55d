"""What the gateway leads elsewhere, so that something new takes over from something old bit by bit.

    [[gateway.shift]]
    name = "till-next"
    prefix = "/payments"
    url = "http://till-next:8000"
    process = "till"
    percent = 10

| key | says | default |
|---|---|---|
| `name` | what its share is drawn by, and how its policy is called: `gateway.till-next` | must be given |
| `prefix` | the paths below /api/v1: a module's, one below a module's, or any other | must be given |
| `url` | where they are led | must be given |
| `process` | the name that whoever answers there goes by; the gateway tells it who asks | must be given, or `legacy` |
| `legacy` | true: no process of ours; it gets the caller's `Authorization`, which nobody looks at here | false |
| `percent` | how much of the traffic, to a hundredth | 100 |
| `by` | the path or query parameter whose value decides which part of the traffic a request is | who asks |
| `version` | only requests that ask for this one by the header `Tearline-Version` | all |
| `methods` | only these | all |
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tearline.topology._file import File, is_address
from tearline.topology._values import Shift, TopologyError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""That are led elsewhere at all."""

KNOWN = ("name", "prefix", "url", "process", "legacy", "percent", "by", "version", "methods")

_FORMS = {
    "name": (r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "till-next: small letters, digits and hyphens, 40 at most"),
    "prefix": (r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", "/payments"),
    "process": (r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "till"),
    "by": (r"[A-Za-z_][A-Za-z0-9_]*", "order_id"),
    "version": (r"[\x21-\x7e]{1,100}", "2026-11-25"),
}
"""What texts look like, and an example each."""


def shifts_of(file: File, *, gateway: str, modules: Sequence[str]) -> Iterator[Shift]:
    """In the order of the file. `gateway` is the name of the process that leads them. Raises TopologyError."""
    tables = file.content.get("gateway", {}).get("shift", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise file.wrong("shifts must be tables named [[gateway.shift]]", "gateway", "shift")
    names = [*modules]  # which have policies, too
    for index, table in enumerate(tables):
        shift = _Reader(file, index, table).shift(gateway)
        if shift.name in names:
            message = f"[[gateway.shift]]: a module or another shift is called {shift.name!r}, too"
            raise file.wrong(message, "gateway", "shift", index, "name")
        names.append(shift.name)
        yield shift


class _Reader:
    """Of one table."""

    def __init__(self, file: File, index: int, table: Mapping[str, Any]) -> None:
        self._file, self._index, self._table = file, index, table

    def shift(self, gateway: str) -> Shift:
        for key in sorted(self._table.keys() - set(KNOWN)):
            raise self._wrong(f"`{key}` is not known here; known are {', '.join(KNOWN)}", key)
        return Shift(
            name=self._required("name"),
            prefix=self._required("prefix"),
            url=self._url(),
            process=self._process(gateway),
            percent=self._percent(),
            by=self._text("by"),
            version=self._text("version"),
            methods=self._methods(),
        )

    def _text(self, key: str) -> str | None:
        value = self._table.get(key)
        pattern, example = _FORMS[key]
        if value is None or (isinstance(value, str) and re.fullmatch(pattern, value)):
            return value
        raise self._wrong(f"`{key}` must look like {example}", key)

    def _required(self, key: str) -> str:
        value = self._text(key)
        if value is None:
            raise self._wrong(f"`{key}` must be given")
        return value

    def _url(self) -> str:
        url = self._table.get("url")
        if not (isinstance(url, str) and is_address(url)):
            raise self._wrong("`url` must look like http://till-next:8000", "url")
        return url.rstrip("/")

    def _process(self, gateway: str) -> str | None:
        name, legacy = self._text("process"), self._table.get("legacy", False)
        if not isinstance(legacy, bool):
            raise self._wrong("`legacy` must be true or false", "legacy")
        if legacy == (name is not None):
            raise self._wrong("either `process` says who answers there, or `legacy = true` that it is none of ours")
        if name == gateway:
            raise self._wrong("`process` must be another one: a gateway lets nobody tell it who asks", "process")
        return name

    def _percent(self) -> float:
        percent = self._table.get("percent", 100)
        is_number = isinstance(percent, int | float) and not isinstance(percent, bool)
        if is_number and 0 <= percent <= 100 and round(percent, 2) == percent:
            return float(percent)
        raise self._wrong("`percent` must be a number from 0 to 100, with two decimals at most", "percent")

    def _methods(self) -> tuple[str, ...]:
        methods = self._table.get("methods", [])
        if isinstance(methods, list) and all(method in METHODS for method in methods) and methods != []:
            return tuple(methods)
        if "methods" in self._table:
            raise self._wrong(f"`methods` must be a list of some of {', '.join(METHODS)}", "methods")
        return ()

    def _wrong(self, message: str, *keys: str) -> TopologyError:
        return self._file.wrong(f"[[gateway.shift]]: {message}", "gateway", "shift", self._index, *keys)
