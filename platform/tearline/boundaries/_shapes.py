"""What a module's doors let through: values alone may cross, and each says what it is."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import AwareDatetime, EmailStr

from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import Source, owner_of, sources, where
from tearline.boundaries._strings import GETTING, IMPORTING
from tearline.contracts import Contract

PUBLIC = ("facade", "contracts", "events")
PLAIN = (NoneType, bool, int, float, Decimal, str, bytes, date, time, timedelta, UUID, AwareDatetime, EmailStr, Enum)
TOGETHER = (Union, UnionType, list, tuple, set, frozenset, dict, Sequence, Mapping)
"""What holds or offers several, each of which must be fit to cross."""


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
    return _door(name) in PUBLIC


def _door(name: str) -> str:
    _, _, door, *_ = (*name.split("."), "", "")
    return door


def loose_operations() -> Iterator[Finding]:
    """Methods of facades that take or answer what is no value: by them a row could cross."""
    for source in sources():
        if _door(source.name) == "facade":
            for method in _operations(source.name):
                yield from _loose(method, _crossing(method), source)


def _operations(facade: str) -> Iterator[Callable[..., Any]]:
    for interface in vars(importlib.import_module(facade)).values():
        is_its_own = inspect.isclass(interface) and interface.__module__ == facade
        if is_its_own and not issubclass(interface, Contract | Enum | Exception):
            methods = vars(interface).items()
            yield from (each for name, each in methods if inspect.isfunction(each) and not name.startswith("_"))


def _crossing(method: Callable[..., Any]) -> dict[str, Any]:
    """What crosses in a call, and its types."""
    names = (*list(inspect.signature(method).parameters)[1:], "return")
    said = method.__annotations__
    return {name: _read(said[name], method.__globals__) if name in said else Any for name in names}


def loose_values() -> Iterator[Finding]:
    """Fields, of contracts, refusals and events wherever a door has them, that are no values."""
    for source in sources():
        if _is_public(source.name):
            for value in vars(importlib.import_module(source.name)).values():
                if inspect.isclass(value) and value.__module__ == source.name:
                    yield from _loose(value, _fields(value), source)


def _loose(said_by: Callable[..., Any], hints: Mapping[str, Any], source: Source) -> Iterator[Finding]:
    if loose := [name for name, hint in hints.items() if not _may_cross(hint)]:
        what = f"{said_by.__qualname__} has no type of a value for {', '.join(loose)}"
        yield Finding(*where(said_by), "shape", source.module, source.module, what)


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


def _may_cross(hint: Any) -> bool:
    """Whether it is a value, known to its last part: what is plain, a contract, several of these."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind is Annotated:
        return _may_cross(parts[0])
    if kind in TOGETHER:
        return all(_may_cross(part) for part in parts if part is not ...)
    return kind is Literal or _is_value(hint)


def _is_value(hint: Any) -> bool:
    hint = NoneType if hint is None else hint
    is_named = inspect.isclass(hint) and hint not in (Contract, Enum)
    return is_named and issubclass(hint, (Contract, *PLAIN))
