"""Imports past the declared doors, by the graph that import-linter goes by, and what the doors let through."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, get_args, get_type_hints

import grimp
from django.conf import settings

from tearline.boundaries._declared import declared_doors
from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._sources import Source, owner_of, sources, where

PUBLIC = ("facade", "contracts", "events")
ANYTHING = (Any, object, dict, list, tuple, set)
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
                yield Finding(
                    paths[importer], detail["line_number"], "import", module, str(owner), detail["line_contents"]
                )


def shapes() -> Iterator[Finding]:
    """What a module's public files import of its rows and of Django: only values may cross."""
    for source in sources():
        if not _is_public(source.name):
            continue
        for line, imported in _imported(source):
            inside = owner_of(imported) == source.module and not _is_public(imported)
            if inside or imported.split(".")[0] in ("django", "ninja"):
                yield Finding(source.path, line, "shape", source.module, source.module, f"import of {imported}")


def _is_public(name: str) -> bool:
    """Whether this is, or is in, one of a module's doors."""
    _, _, door, *_ = (*name.split("."), "", "")
    return door in PUBLIC


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    """Each name that is imported, by the whole path that it may be: relative imports too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            place = source.place_of(node)
            names = [f"{place}.{alias.name}" for alias in node.names] if place.count(".") == 1 else [place]
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
        if inspect.isclass(interface) and interface.__module__ == facade:
            methods = vars(interface).items()
            yield from (each for name, each in methods if inspect.isfunction(each) and not name.startswith("_"))


def _crossing(method: Callable[..., Any]) -> dict[str, Any]:
    """What crosses in a call, and its types. Any where there is none, or it is there for type checkers alone."""
    names = (*list(inspect.signature(method).parameters)[1:], "return")
    try:
        hints = get_type_hints(method)
    except NameError:
        hints = {}
    return {name: hints.get(name, Any) for name in names}


def _is_anything(hint: Any) -> bool:
    return hint in ANYTHING or any(map(_is_anything, get_args(hint)))


def outside_packages() -> Iterator[Finding]:
    """Files in a folder without `__init__.py`: Django runs commands there, and no graph has what they import."""
    files = {source.path for source in sources()}
    for source in sources():
        folders = PurePosixPath(source.path).parents
        if any(f"{folder}/__init__.py" not in files for folder in folders if len(folder.parts) > 1):
            yield Finding(source.path, 1, "no package", source.module, ANY, f"{source.path} is in no package")
