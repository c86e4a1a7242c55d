"""While tests run, no module's code reaches rows of another, by whatever way it came to them.

Two things are refused, each with the module, the owner and the statement: a statement that names a table of another one
than the database's module; and a statement that other code than the database's module's asks for, as when a model was
got at by a name that was put together, or a row slipped through a facade. The users and keys in `default` are the
platform's, and no module asks for them. Whose code asks is told by the stack: it is the innermost of the modules' and
the platform's functions, as the platform asks on behalf of the owner.
"""

import re
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlglot
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from sqlglot import expressions
from sqlglot.errors import SqlglotError

from tearline.boundaries._models import owners_of_tables
from tearline.boundaries._sources import owner_of

DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}
ON_ROWS = re.compile(r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)
SEEN_THROUGH = "tearline.databases"
"""Code of the platform that only hands statements on."""


class BoundaryCrossed(BaseException):
    """A module's code reached another module's rows.

    No Exception: neither who catches all of them, nor work that is tried again when it fails, hides it from the test.
    """


def guard_statements() -> None:
    """On every connection, from now on."""
    connection_created.connect(_guard_connection, dispatch_uid="tearline.testing.guard")


def _guard_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _guard)


def _guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    connection: BaseDatabaseWrapper = context["connection"]
    module = connection.alias
    if module in (*settings.TEARLINE_TOPOLOGY.hosted, "default"):
        asking = _asking()
        if asking not in (None, module):
            raise BoundaryCrossed(f"{asking} reached rows of {module}: {sql}")
        for table in tables_in(sql, DIALECTS[connection.vendor]):
            owner = owners_of_tables().get(table.lower(), module)
            if owner != module:
                raise BoundaryCrossed(f"a statement of {module} names {table} of {owner}: {sql}")
    return execute(sql, params, many, context)


def _asking() -> str | None:
    """The module whose code asks for this statement; None when it is the platform, or a test."""
    frame = sys._getframe(2)
    while frame := frame.f_back:  # type: ignore[assignment]  # the outermost has none, and then it is over
        name: str = frame.f_globals.get("__name__", "")
        if name.startswith("modules.") and "tests" not in name.split("."):
            return owner_of(name)
        if name.startswith("tests.") or (name.startswith("tearline.") and not name.startswith(SEEN_THROUGH)):
            return None
    return None


@lru_cache(maxsize=4096)
def tables_in(sql: str, dialect: str) -> frozenset[str]:
    """The tables whose rows a statement is about. None of one that cannot be read: the database has the last word."""
    if not ON_ROWS.match(sql):
        return frozenset()
    try:
        statements = sqlglot.parse(sql.replace("%s", "NULL"), dialect=dialect)
    except SqlglotError:
        return frozenset()
    return frozenset(table.name for each in statements if each for table in each.find_all(expressions.Table))
