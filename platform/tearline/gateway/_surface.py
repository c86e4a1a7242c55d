"""What modules serve below /api/v1, whoever hosts them, as their snapshots say."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tearline.snapshots import snapshot_of
from tearline.topology import API


def is_below(path: str, prefix: str) -> bool:
    """Whether a path below the API is the prefix, or continues it."""
    return path == prefix or path.startswith(f"{prefix}/")


def parameters_of(path: str, modules: Sequence[str]) -> dict[str, str] | None:
    """The path parameters of a path below the API, as in `order_id`; None when no module serves such a path."""
    template = _template_of(path, modules)
    if template is None:
        return None
    return {name[1:-1]: part for name, part in zip(template, path.split("/"), strict=True) if name.startswith("{")}


@dataclass(frozen=True)
class Promise:
    """What a module promises of a route. `is_open`: it asks for no key. `headers`: the names of those that it reads."""

    is_open: bool = False
    headers: tuple[str, ...] = ()


def promised(method: str, path: str, modules: Sequence[str]) -> Promise:
    """Where none is promised, as where there is nothing, a key is needed."""
    template = _template_of(path, modules)
    operation = _served(tuple(modules))["/".join(template)].get(method.lower()) if template else None
    if operation is None:
        return Promise()
    headers = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"]
    return Promise(is_open=not operation.get("security"), headers=tuple(headers))


def _template_of(path: str, modules: Sequence[str]) -> list[str] | None:
    said = path.split("/")
    for names in _templates(tuple(modules)):
        if len(names) == len(said) and all(_fits(name, part) for name, part in zip(names, said, strict=True)):
            return names
    return None


@functools.cache
def _templates(modules: tuple[str, ...]) -> list[list[str]]:
    """Those that name most come first: `/stock/all` before `/stock/{sku}`."""
    return [path.split("/") for path in sorted(_served(modules), key=lambda path: path.count("{"))]


@functools.cache
def _served(modules: tuple[str, ...]) -> dict[str, Mapping[str, Any]]:
    """By path below the API, its operations by method."""
    surfaces = [snapshot_of(module)["rest"]["paths"] for module in modules]
    return {path.removeprefix(API): methods for paths in surfaces for path, methods in paths.items()}


def _fits(name: str, part: str) -> bool:
    return bool(part) if name.startswith("{") else name == part
