"""Imports past the declared doors, by the graph that import-linter goes by, and what the doors let through."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, TypeVar, get_args, get_type_hints

import grimp
from django.conf import settings

from tearline.boundaries._declared import declared_doors
from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._sources import Source, owner_of, sources, where
from tearline.boundaries._strings import GETTING, IMPORTING

PUBLIC = ("facade", "contracts", "events")
ANYTHING = (Any, object, dict, list, tuple, set, frozenset, Callable, Iterable, Iterator, Mapping, Sequence)
"""Types that say nothing of what crosses."""


def imports() -> Iterator[Finding]:
    """Imports of another module, in functions and for types too, but by a declared door."""
    doors = declared_doors(settings.BASE_DIR / ".importlinter")
    graph = grimp.build_graph("modules", cache_dir=None)
    paths = {source.name: source.path for source in sources()}
    for importer in sorted(graph.modules):
        module = owner_of(importer)
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            owner = owner_of(imported)
            if module is None or owner in (None, module) or (module, *imported.split(".")[1:]) in doors:
                continue
            for detail in graph.get_import_details(importer=importer, imported=imported):
                path = paths.get(importer, f"{importer.replace('.', '/')}.py")  # by a link, whose files are elsewhere
                yield Finding(path, detail["line_number"], "import", module, str(owner), detail["line_contents"])


def attributes() -> Iterator[Finding]:
    """Another module's insides, as attributes of what was imported by a door: `modules.payments.models`."""
    doors = declared_doors(settings.BASE_DIR / ".importlinter")
    for source in sources():
        for node in (node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)):
            for path in source.meanings.paths(node):
                root, owner, door, *more = (*path.split("."), "", "")
                is_inside = root == "modules" and door and not any(more) and (source.module, owner, door) not in doors
                if is_inside and owner_of(path) not in (None, source.module):
                    yield source.found(node, "import", owner, ast.unparse(node))


def private_imports() -> Iterator[Finding]:
    """Imports of what the platform keeps to itself, where all modules are in reach.

    Tests may look there, and in migrations it is Django that names a model's manager by where it is.
    """
    for source in sources():
        for line, imported in () if source.is_test or source.is_migration else _imported(source):
            if imported.startswith("tearline.") and any(part.startswith("_") for part in imported.split(".")):
                yield Finding(source.path, line, "private import", source.module, ANY, f"import of {imported}")


def shapes() -> Iterator[Finding]:
    """What a module's public files import of its rows and of Django: only values may cross."""
    for source in sources():
        if not _is_public(source.name):
            continue
        for line, imported in _imported(source):
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


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    """Each name that is imported, by the whole path that it may be: relative imports too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            place = source.place_of(node)
            names = [f"{place}.{alias.name}" for alias in node.names] if place.count(".") <= 1 else [place]
            yield from ((node.lineno, name) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


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
        if (
            inspect.isclass(interface)
            and interface.__module__ == facade
            and not issubclass(interface, Enum | Exception)
        ):
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
    return isinstance(hint, TypeVar) or _is_loose(hint) or any(map(_is_anything, get_args(hint)))


def _is_loose(hint: Any) -> bool:
    """Any itself, or a collection of anything."""
    return any(hint is each for each in ANYTHING)


def outside_packages() -> Iterator[Finding]:
    """Files in a folder without `__init__.py`: Django runs commands there, and no graph has what they import."""
    files = {source.path for source in sources()}
    for source in sources():
        folders = PurePosixPath(source.path).parents
        if any(f"{folder}/__init__.py" not in files for folder in folders if len(folder.parts) > 1):
            yield Finding(source.path, 1, "no package", source.module, ANY, f"{source.path} is in no package")
