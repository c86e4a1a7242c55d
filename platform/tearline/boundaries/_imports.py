"""Imports past the declared doors, by the graph that import-linter goes by."""

import ast
from collections.abc import Iterator

import grimp
from django.conf import settings

from tearline.boundaries._declared import declared_doors
from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import owner_of, sources

PUBLIC = ("facade", "contracts", "events")


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
        if source.path.count("/") != 2 or source.name.rpartition(".")[2] not in PUBLIC:
            continue
        public = {f"modules.{source.module}.{door}" for door in PUBLIC}
        for line, imported in _imported(source.tree):
            inside = owner_of(imported) == source.module and imported not in public
            if inside or imported.split(".")[0] in ("django", "ninja"):
                yield Finding(source.path, line, "shape", source.module, source.module, f"import of {imported}")


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
