"""The ledger of what was found and is put up with, for now. It may only shrink.

A JSON list of {channel, path, module, owner, what}: no lines and columns, as these move.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tearline.boundaries._finding import Finding

FIELDS = ("channel", "path", "module", "owner", "what")
Entry = tuple[str, ...]


class LedgerError(Exception):
    """The ledger cannot be read, or does not only shrink."""


@dataclass(frozen=True)
class Compared:
    """`new`: found and not accepted. `gone`: accepted and not found any more, so that its entry has to go, too."""

    new: list[Finding]
    gone: list[Entry]


def compared(found: Iterable[Finding], accepted: Counter[Entry]) -> Compared:
    """What the ledger does not say as it is. An entry stands for one finding."""
    left = accepted.copy()
    new = []
    for finding in found:
        entry = _entry(finding)
        if left[entry] > 0:
            left[entry] -= 1
        else:
            new.append(finding)
    return Compared(new, sorted(left.elements()))


def accepted_in(file: Path) -> Counter[Entry]:
    """Raises LedgerError."""
    try:
        return _read(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LedgerError(f"{file}: {error.strerror}") from error


def accepted_at(ref: str, file: Path) -> Counter[Entry]:
    """What the file said at this branch or commit; nothing if it was not there. Raises LedgerError."""
    command = ["git", "-C", str(file.parent), "show", f"{ref}:./{file.name}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the words are ours
    if shown.returncode and "invalid object name" in shown.stderr:
        raise LedgerError(f"no such branch or commit: {ref}")
    return _read(shown.stdout) if shown.returncode == 0 else Counter()


def grown(since: Counter[Entry], now: Counter[Entry]) -> list[Entry]:
    """What was accepted since then."""
    return sorted((now - since).elements())


def _read(text: str) -> Counter[Entry]:
    try:
        entries = json.loads(text)
        if not isinstance(entries, list):
            raise TypeError(type(entries).__name__)
        return Counter(tuple(str(entry[field]) for field in FIELDS) for entry in entries)
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"the ledger is a JSON list of objects with {', '.join(FIELDS)}: {error!r}") from error


def _entry(finding: Finding) -> Entry:
    return tuple(str(getattr(finding, field)) for field in FIELDS)
