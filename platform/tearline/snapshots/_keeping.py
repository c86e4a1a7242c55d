"""Snapshots as files: `<module>.json`, which are committed and ship with every process."""

import functools
import json
import subprocess
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

_STRICT = ConfigDict(extra="forbid", strict=True)

Schema = dict[str, Any]
"""JSON Schema 2020-12. Its references lead into the schema itself, those of `rest` into `#/components/schemas/`."""


@with_config(_STRICT)
class OperationPromise(TypedDict):
    """An operation of the facade. `undoes`: the name of another one."""

    kind: Literal["command", "query"]
    undoes: str | None
    arguments: Schema
    answer: Schema


@with_config(_STRICT)
class RefusalPromise(TypedDict):
    """A refusal, under its code."""

    status: int
    fields: Schema


@with_config(_STRICT)
class FacadePromise(TypedDict):
    """What may be asked of a module, and how it refuses."""

    operations: dict[str, OperationPromise]
    refusals: dict[str, RefusalPromise]


@with_config(_STRICT)
class EventPromise(TypedDict):
    """An event, under its topic."""

    aggregate: str
    fields: Schema


@with_config(_STRICT)
class RestPromise(TypedDict):
    """The module's part of the API's OpenAPI document, in which it can be put as it is."""

    prefixes: list[str]
    paths: dict[str, dict[str, dict[str, Any]]]
    schemas: dict[str, Schema]


@with_config(_STRICT)
class Surface(TypedDict):
    """All that a module promises to those outside of it."""

    facade: FacadePromise
    events: dict[str, EventPromise]
    rest: RestPromise


@with_config(_STRICT)
class Snapshot(Surface):
    """A surface as a file has it. `retired`: names that were promised once, and are never used again."""

    retired: list[str]


_codec: TypeAdapter[Snapshot] = TypeAdapter(Snapshot)


class NoSnapshot(Exception):
    """There is no snapshot of a module, or what is in its place cannot be read."""


def snapshot_of(module: str) -> Snapshot:
    """The committed snapshot, whoever hosts the module. Read once, and not to be changed. Raises NoSnapshot."""
    return _read_once(file_of(module))


def prefixes_of(module: str) -> tuple[str, ...]:
    """Its paths, as in `/orders`, whoever hosts the module. None for one that serves no REST. Raises NoSnapshot."""
    return tuple(snapshot_of(module)["rest"]["prefixes"])


def read(module: str) -> Snapshot:
    """As the file is now. Raises NoSnapshot."""
    return _read(file_of(module))


def file_of(module: str) -> Path:
    folder: Path = settings.TEARLINE_CONTRACTS
    return folder / f"{module}.json"


def kept() -> list[str]:
    """The modules of which there is a snapshot."""
    folder: Path = settings.TEARLINE_CONTRACTS
    return sorted(file.stem for file in folder.glob("*.json"))


def keep(module: str, snapshot: Snapshot) -> bool:
    """Write its file, unless it is the same already. Whether it was not."""
    file, text = file_of(module), f"{json.dumps(snapshot, indent=2, sort_keys=True, ensure_ascii=False)}\n"
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True


def _read(file: Path) -> Snapshot:
    try:
        return _parsed(file.read_text(encoding="utf-8"), where=str(file))
    except OSError as error:
        raise NoSnapshot(
            f"{file} cannot be read: {error.strerror}. Run: python manage.py contracts snapshot"
        ) from error


_read_once = functools.cache(_read)


def _parsed(text: str, *, where: str) -> Snapshot:
    try:
        return _codec.validate_json(text)
    except ValidationError as error:
        flaws = "; ".join(f"{'.'.join(map(str, flaw['loc']))}: {flaw['msg']}" for flaw in error.errors())
        raise NoSnapshot(f"{where} is no snapshot: {flaws}") from error


def snapshots_at(reference: str) -> dict[str, Snapshot]:
    """By module, what was committed there: at a branch, tag or commit of git. Raises NoSnapshot."""
    commit = _git("rev-parse", "--verify", f"{reference}^{{commit}}").strip()
    names = _git("ls-tree", "--name-only", "-z", commit, "./").split("\0")
    return {
        name.removesuffix(".json"): _parsed(_git("show", f"{commit}:./{name}"), where=f"{name} at {reference}")
        for name in names
        if name.endswith(".json")
    }


def _git(*command: str) -> str:
    folder: Path = settings.TEARLINE_CONTRACTS
    try:
        ran = subprocess.run(  # noqa: S603 - git, and what the one who runs us asks for
            ["git", *command],  # noqa: S607 - wherever it is installed
            cwd=folder,
            capture_output=True,
            check=True,
        )
    except OSError as error:
        raise NoSnapshot(f"git cannot be run in {folder}: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise NoSnapshot(f"git cannot tell what was committed: {said}") from error
    return ran.stdout.decode()
