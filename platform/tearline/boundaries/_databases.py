"""How code gets at another module's database: by a connection, or by what it takes to make one."""

import ast
import re
from collections.abc import Iterator

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._meanings import UNKNOWN
from tearline.boundaries._names import SETTINGS
from tearline.boundaries._sources import Source, modules, sources

CONNECTIONS = {"django.db.connections", f"{UNKNOWN}connections"}
ALL_DATABASES = {f"{path}.{name}" for path in CONNECTIONS for name in ("all", "databases", "settings")} | {
    f"{path}.DATABASES" for path in SETTINGS
}
"""Where every database is, or every connection."""

ON_DATABASES = {
    "using", "db_manager", "atomic", "get_connection", "on_commit", "save", "delete", "refresh_from_db",
    "set_autocommit", "commit", "rollback", "call_command",
}  # fmt: skip
NAMING = ("using", "alias", "database")
VARIABLE = re.compile(r"(?:([A-Z_]+?)_(?:MOVES_TO_)?)?DATABASE_URL")
OPTION = "--database="


def databases() -> Iterator[Finding]:
    """Connections to another module's database. Tests may have them: they look on from outside."""
    for source in _code():
        for node, said in _named(source):
            name = source.meanings.constant(said)
            if name is None and isinstance(node, ast.Subscript):
                yield source.found(node, "database", ANY, ast.unparse(node))
            elif name and source.is_foreign(name.removeprefix(OPTION)):
                yield source.found(node, "database", name.removeprefix(OPTION), ast.unparse(node))


def _named(source: Source) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What goes to a database, and how that is named."""
    for call in source.meanings.calls:
        if call.names & ON_DATABASES:
            given = (*call.node.args, *(each.value for each in call.node.keywords if each.arg in NAMING))
            yield from ((call.node, each) for each in given)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Subscript) and source.meanings.paths(node.value) & (CONNECTIONS | ALL_DATABASES):
            yield node, node.slice


def databases_at_large() -> Iterator[Finding]:
    """All databases at once, of which one is to be picked later on."""
    for source in _code():
        picked = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Subscript)}
        of_all = ((node, ALL_DATABASES) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute | ast.Call))
        whole = ((node, CONNECTIONS) for node, _ in source.meanings.handed_on)
        for node, known in (*of_all, *whole):
            if id(node) not in picked and source.meanings.paths(node) & known:
                yield source.found(node, "database", ANY, ast.unparse(node))


def addresses_of_databases() -> Iterator[Finding]:
    """The variables of the environment that say where another module's database is, or the one that all share."""
    for source in _code():
        for said in source.meanings.texts:
            if variable := VARIABLE.fullmatch(said.text):
                owner = (variable[1] or "").lower()
                if owner != source.module:
                    yield source.found(said.node, "database", owner if owner in modules() else ANY, repr(said.text))


def _code() -> Iterator[Source]:
    return (source for source in sources() if not source.is_test)
