"""Which files there are, what is to be in each, and whether it is."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.urls import resolve

from tearline.documentation._asyncapi import asyncapi
from tearline.documentation._model import Model
from tearline.documentation._pages import pages
from tearline.topology import API


def written(model: Model) -> dict[str, str]:
    """By path below the folder, what is to be in it."""
    return {
        **pages(model),
        "asyncapi.json": _as_json(asyncapi(model)),
        "openapi.json": _as_json(_openapi()),
        "model.json": _as_json(model.model_dump(mode="json")),
    }


def stale(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Paths of files that say something else, are not there, or are there and should not be."""
    for path in sorted({*files, *_there(folder)}):
        file = folder / path
        if path not in files or not file.exists() or file.read_text(encoding="utf-8") != files[path]:
            yield path


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Make the folder hold these files and no others. The paths of those that were stale."""
    changed = [*stale(folder, files)]
    for path in changed:
        file = folder / path
        if path not in files:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files[path], encoding="utf-8")
    return changed


def _there(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _openapi() -> Any:
    """The description that the gateway serves of all modules' routes."""
    api = resolve(f"{API}/openapi.json").func.keywords["api"]  # type: ignore[attr-defined]  # a partial
    return api.get_openapi_schema(path_prefix=f"{API}/")


def _as_json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
