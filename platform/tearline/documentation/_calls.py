"""Who asks whose facade for what, as the code says it."""

import ast
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tearline.boundaries._sources import below_root, sources
from tearline.facades import operations_of
from tearline.facades._hosting import interface_of


@dataclass(frozen=True)
class Call:
    """`caller`: a module, or a page or command of the process that puts them together. `within`: which function."""

    caller: str
    module: str
    operation: str
    path: str
    within: str

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.operation}"


def calls() -> list[Call]:
    """Of the modules that are hosted here and of what puts them together, but not of tests."""
    return [
        call
        for caller, path, tree in _files()
        for call in _calls(caller, path, tree)
        if call.module != caller and call.operation in operations_of(interface_of(call.module))
    ]


def _files() -> Iterator[tuple[str, str, ast.Module]]:
    for source in sources():
        if "/tests/" not in source.path:
            yield source.module, source.path, source.tree
    root = Path(importlib.import_module(settings.ROOT_URLCONF).__file__ or "").parent
    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root).with_suffix("").parts
        caller = inside[-1] if inside[0] == "management" else inside[0]
        yield caller, below_root(path), ast.parse(path.read_text(encoding="utf-8"))


def _calls(caller: str, path: str, tree: ast.Module) -> Iterator[Call]:
    facades = dict(_facades(tree))
    for statement in tree.body:
        within = getattr(statement, "name", "")
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in facades:
                yield Call(caller, facades[node.value.id], node.attr, path, within)


def _facades(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """By what name the file knows which module's facade."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if len(parts) == 3 and parts[0] == "modules" and parts[2] == "facade":
                yield from ((alias.asname or alias.name, parts[1]) for alias in node.names)


def by_peer(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(peer, what) gathered by peer, each once, in order."""
    found: dict[str, set[str]] = {}
    for peer, what in pairs:
        found.setdefault(peer, set()).add(what)
    return {peer: sorted(found[peer]) for peer in sorted(found)}
