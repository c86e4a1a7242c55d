"""Migrations that build on those of another module: what makes neither of them able to leave."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import below_root, constant, modules, sources


def migrations() -> Iterator[Finding]:
    """Each dependency on the migration of another app, swapped ones too."""
    for module, name, other, after in _dependencies():
        path, line = _said_at(module, name, other)
        yield Finding(path, line, "migration", module, other, f"{module}.{name} needs {other}.{after}")


def migration_cycles() -> Iterator[Finding]:
    """Modules whose migrations need each other, by whatever way round. One finding names the whole ring."""
    needed: dict[str, set[str]] = {module: set() for module in modules()}
    for module, _, other, _ in _dependencies():
        needed[module].add(other)
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        module, other = ring[1], ring[0]
        name = next(name for known, name, needs, _ in _dependencies() if (known, needs) == (module, other))
        yield Finding(*_said_at(module, name, other), "migration cycle", module, other, " needs ".join(reversed(ring)))


def _dependencies() -> Iterator[tuple[str, str, str, str]]:
    """(module, its migration, the other app, its migration)"""
    for (module, name), migration in sorted(_on_disk().items()):
        if module in modules():
            for other, after in (*migration.dependencies, *migration.run_before):
                if other != module:
                    yield module, name, other, after


@cache
def _on_disk() -> dict[tuple[str, str], Migration]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return dict(loader.disk_migrations)


def _said_at(module: str, name: str, other: str) -> tuple[str, int]:
    path = below_root(Path(inspect.getfile(type(_on_disk()[module, name]))))
    [source] = [source for source in sources() if source.path == path]
    tuples = (node for node in ast.walk(source.tree) if isinstance(node, ast.Tuple) and node.elts)
    return path, next((node.lineno for node in tuples if constant(node.elts[0]) == other), 1)
