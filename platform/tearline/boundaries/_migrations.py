"""Migrations that build on those of another module, or point to its models: with these neither is able to leave."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import Field

from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import Source, below_root, modules, sources


def migrations() -> Iterator[Finding]:
    """Each dependency on the migration of another app, swapped ones too."""
    for module, name, other, after in _dependencies():
        yield _said_of(other, module, name, "migration", f"{module}.{name} needs {other}.{after}")


def migrated_relations() -> Iterator[Finding]:
    """Each model of another app that a migration relates to or inherits from, also if no model does so any more."""
    for (module, name), migration in sorted(_on_disk().items()):
        for label in _models_named(migration) if module in modules() else ():
            other = label.split(".")[0].lower()
            if other != module:
                yield _said_of(label, module, name, "migration", f"{module}.{name} relates to {label}")


def _models_named(migration: Migration) -> set[str]:
    """By their labels, `payments.Payment`."""
    operations = list(_flat(migration.operations))
    ends = [field.remote_field for operation in operations for field in _fields(operation) if field.remote_field]
    related = {getattr(end, name, None) for end in ends for name in ("model", "through")}
    bases = {base for operation in operations for base in getattr(operation, "bases", ())}
    return {each for each in related | bases if isinstance(each, str) and "." in each}


def _flat(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Those too that change the database and what Django knows of it apart."""
    for operation in operations:
        yield operation
        yield from _flat(getattr(operation, "database_operations", ()))
        yield from _flat(getattr(operation, "state_operations", ()))


def _fields(operation: Operation) -> Iterator["Field[Any, Any]"]:
    added = [operation.field] if isinstance(operation, AddField | AlterField) else []
    made = [field for _, field in operation.fields] if isinstance(operation, CreateModel) else []
    yield from (field for field in (*made, *added) if isinstance(field, Field))


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
        yield _said_of(other, module, name, "migration cycle", " needs ".join(reversed(ring)))


def _dependencies() -> Iterator[tuple[str, str, str, str]]:
    """(module, its migration, the other app, its migration)"""
    for (module, name), migration in sorted(_on_disk().items()):
        if module in modules():
            for other, after in (*migration.dependencies, *migration.run_before, *migration.replaces):
                if other != module:
                    yield module, name, other, after


@cache
def _on_disk() -> dict[tuple[str, str], Migration]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return dict(loader.disk_migrations)


def _said_of(named: str, module: str, name: str, channel: str, what: str) -> Finding:
    """Where a migration names an app or a model; where it begins to say what it needs, if it does so by no constant."""
    path = below_root(Path(inspect.getfile(type(_on_disk()[module, name]))))
    [source] = [source for source in sources() if source.path == path]
    said = (text.node.lineno for text in source.meanings.texts if text.text.lower() == named.lower())
    line = next(said, next(_beginnings(source), 1))
    return Finding(path, line, channel, module, named.split(".")[0].lower(), what)


def _beginnings(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in ("dependencies", "run_before"):
            yield node.lineno
