"""What a module's doors let through: values alone may cross, and each says what it is."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, get_args, get_type_hints

from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import owner_of, sources, where
from tearline.boundaries._strings import GETTING, IMPORTING

PUBLIC = ("facade", "contracts", "events")
ANYTHING = (Any, object, dict, list, tuple, set, frozenset, Callable, Iterable, Iterator, Mapping, Sequence)
"""Types that say nothing of what crosses."""


def shapes() -> Iterator[Finding]:
    """What a module's public files import of its rows and of Django: only values may cross."""
    for source in sources():
        if not _is_public(source.name):
            continue
        for line, imported in source.imports():
            inside = owner_of(imported) == source.module and not _is_public(imported)
            if inside or imported.split(".")[0] in ("django", "ninja"):
                yield Finding(source.path, line, "shape", source.module, source.module, f"import of {imported}")
        for call in source.meanings.calls:
            if call.names & (IMPORTING | GETTING):
                yield source.found(call.node, "shape", source.module, ast.unparse(call.node))


def _is_public(name: str) -> bool:
    """Whether this is, or is in, one of a module's doors."""
    _, _, door, *_ = (*name.split("."), "", "")
    return door in PUBLIC


def loose_operations() -> Iterator[Finding]:
    """Methods of facades that take or answer anything at all: by them a row could cross."""
    for source in sources():
        if source.name == f"modules.{source.module}.facade":
            for method in _operations(source.name):
                if loose := [name for name, hint in _crossing(method).items() if _is_anything(hint)]:
                    what = f"{method.__qualname__} has no type for {', '.join(loose)}"
                    yield Finding(*where(method), "shape", source.module, source.module, what)


def _operations(facade: str) -> Iterator[Callable[..., Any]]:
    for interface in vars(importlib.import_module(facade)).values():
        is_its_own = inspect.isclass(interface) and interface.__module__ == facade
        if is_its_own and not issubclass(interface, Enum | Exception):
            methods = vars(interface).items()
            yield from (each for name, each in methods if inspect.isfunction(each) and not name.startswith("_"))


def _crossing(method: Callable[..., Any]) -> dict[str, Any]:
    """What crosses in a call, and its types."""
    names = (*list(inspect.signature(method).parameters)[1:], "return")
    said = method.__annotations__
    return {name: _read(said[name], method.__globals__) if name in said else Any for name in names}


def loose_values() -> Iterator[Finding]:
    """Fields of contracts and events that may be anything at all."""
    for source in sources():
        if source.name.removeprefix(f"modules.{source.module}.") in ("contracts", "events"):
            for value in vars(importlib.import_module(source.name)).values():
                fields = _fields(value) if inspect.isclass(value) and value.__module__ == source.name else {}
                if loose := [name for name, hint in fields.items() if _is_anything(hint)]:
                    what = f"{value.__qualname__} has no type for {', '.join(loose)}"
                    yield Finding(*where(value), "shape", source.module, source.module, what)


def _fields(value: type) -> dict[str, Any]:
    names = vars(sys.modules[value.__module__])
    said = inspect.get_annotations(value)
    return {name: _read(hint, names) for name, hint in said.items() if not name.startswith("_")}


def _read(hint: Any, names: dict[str, Any]) -> Any:
    """Any, where it is there for type checkers alone."""
    holder = type("Holder", (), {"__annotations__": {"hint": hint}})
    try:
        return get_type_hints(holder, names)["hint"]
    except Exception:  # noqa: BLE001 - a hint is code, and may raise anything
        return Any


def _is_anything(hint: Any) -> bool:
    is_loose = isinstance(hint, TypeVar) or any(hint is each for each in ANYTHING)
    return is_loose or any(map(_is_anything, get_args(hint)))
