"""Snapshots as files: `<module>.json`, which are committed and ship with every process."""

import functools
import json
from pathlib import Path
from typing import Any

from django.conf import settings

Snapshot = dict[str, Any]
"""A surface, and what was `retired`: see `tearline.snapshots`."""


class NoSnapshot(Exception):
    """There is no snapshot of a module, or what is in its place cannot be read."""


def file_of(module: str) -> Path:
    folder: Path = settings.TEARLINE_CONTRACTS
    return folder / f"{module}.json"


def snapshot_of(module: str) -> Snapshot:
    """The committed snapshot, whoever hosts the module. Read once; not to be changed. Raises NoSnapshot."""
    return _read_once(file_of(module))


@functools.cache
def _read_once(file: Path) -> Snapshot:
    try:
        return parsed(file.read_text(encoding="utf-8"), where=str(file))
    except OSError as error:
        raise NoSnapshot(
            f"{file} cannot be read: {error.strerror}. Run: python manage.py contracts snapshot"
        ) from error


def parsed(text: str, *, where: str) -> Snapshot:
    """Raises NoSnapshot."""
    try:
        snapshot = json.loads(text)
    except ValueError as error:
        raise NoSnapshot(f"{where} is not JSON: {error}") from error
    if not isinstance(snapshot, dict) or snapshot.keys() != {"facade", "events", "rest", "retired"}:
        raise NoSnapshot(f"{where} is no snapshot")
    return snapshot


def written(snapshot: Snapshot) -> str:
    """The text of its file."""
    return f"{json.dumps(snapshot, indent=2, sort_keys=True, ensure_ascii=False)}\n"


def keep(module: str, snapshot: Snapshot) -> None:
    """Write its file."""
    file = file_of(module)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written(snapshot), encoding="utf-8")
    _read_once.cache_clear()
