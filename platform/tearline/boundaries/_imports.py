"""Imports past the declared doors, by the graph that import-linter goes by."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import grimp
from django.conf import settings

from tearline.boundaries._declared import declared_doors
from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._sources import owner_of, sources


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
        for line, imported in () if source.is_test or source.is_migration else source.imports():
            if imported.startswith("tearline.") and any(part.startswith("_") for part in imported.split(".")):
                yield Finding(source.path, line, "private import", source.module, ANY, f"import of {imported}")


def outside_packages() -> Iterator[Finding]:
    """Files in a folder without `__init__.py`: Django runs commands there, and no graph has what they import."""
    files = {source.path for source in sources()}
    for source in sources():
        folders = PurePosixPath(source.path).parents
        if any(f"{folder}/__init__.py" not in files for folder in folders if len(folder.parts) > 1):
            yield Finding(source.path, 1, "no package", source.module, ANY, f"{source.path} is in no package")
