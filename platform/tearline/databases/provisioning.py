"""Who may do what on PostgreSQL.

Each module has a schema and two roles. `<module>_owner` owns the schema and migrates it; `<module>_app` serves from it:
it reads and writes rows, changes no table, and cannot touch what a model has marked `append_only = True` once it is
written. No role sees into another schema. A role finds its schema by a search path that is its own for this database.

Still possible, and not prevented here: an owner may give its own schema away; every role sees names in the catalogs;
advisory locks and NOTIFY channels are shared by the whole database.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, LiteralString

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from psycopg import sql

LOCK = int.from_bytes(b"tearline", "big")
"""The advisory lock held by whoever provisions or migrates: one at a time in a database."""


def provision(admin_url: str, databases: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Make the schemas and roles of all aliases that have an OWNER, or bring them up to date. Returns the schemas.

    `databases` is Django's DATABASES. Safe to repeat, and to run twice at once. Tables get their grants by `grant`.
    """
    owned = [database for database in databases.values() if "OWNER" in database]
    with psycopg.connect(admin_url) as admin:
        wait_for_lock(lambda: admin.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone())
        _shut_out_the_public(admin)
        for database in owned:
            _provide(admin, database)
    return [database["SCHEMA"] for database in owned]


def wait_for_lock(attempt: Callable[[], object]) -> None:
    """Ask until the answer is yes. Asking leaves no statement waiting in the database, which would hold up others."""
    while attempt() != (True,):
        time.sleep(0.05)


def grant(connection: BaseDatabaseWrapper, *, app: str, schema: str, models: Iterable[type[Model]]) -> None:
    """Let the app role use the tables that are there. `connection` is the owner's."""
    quoted = connection.ops.quote_name
    tables, role = f"ALL TABLES IN SCHEMA {quoted(schema)}", quoted(app)
    there = set(connection.introspection.table_names())
    read_only = {"django_migrations", "tearline_residence"} & there
    append_only = {model._meta.db_table for model in models if getattr(model, "append_only", False)}
    append_only &= there
    statements = [
        f"REVOKE ALL ON {tables} FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {quoted(schema)} TO {role}",
        *(f"REVOKE INSERT, UPDATE, DELETE ON {quoted(table)} FROM {role}" for table in sorted(read_only)),
        *(f"REVOKE UPDATE, DELETE ON {quoted(table)} FROM {role}" for table in append_only),
    ]
    with connection.cursor() as cursor:
        # One message, so one transaction: nobody meets a role whose rights are half given.
        cursor.execute("; ".join(statements))


def _shut_out_the_public(admin: psycopg.Connection[Any]) -> None:
    _execute(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", admin.info.dbname)
    _execute(admin, "REVOKE ALL ON SCHEMA public FROM PUBLIC")


def _provide(admin: psycopg.Connection[Any], database: Mapping[str, Any]) -> None:
    schema, owner, app = database["SCHEMA"], database["OWNER"]["USER"], database["USER"]
    _provide_role(admin, owner, database["OWNER"]["PASSWORD"], schema)
    _provide_role(admin, app, database["PASSWORD"], schema)
    _act_as(admin, owner)
    _execute(admin, "CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}", schema, owner)
    _execute(admin, "REVOKE ALL ON SCHEMA {} FROM PUBLIC", schema)
    _execute(admin, "GRANT USAGE ON SCHEMA {} TO {}", schema, app)


def _provide_role(admin: psycopg.Connection[Any], role: str, password: str, schema: str) -> None:
    if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        _execute(admin, "CREATE ROLE {}", role)
    # The password leaves here hashed, so that no log of the server's can show it.
    hashed = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOINHERIT PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed))
    )
    _execute(admin, "GRANT CONNECT ON DATABASE {} TO {}", admin.info.dbname, role)
    _execute(admin, "ALTER ROLE {} IN DATABASE {} SET search_path = {}", role, admin.info.dbname, schema)


def _act_as(admin: psycopg.Connection[Any], owner: str) -> None:
    """An administrator that is no superuser must be a member of the role in whose name it makes a schema."""
    superuser = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser != (True,):
        _execute(admin, "GRANT {} TO {}", owner, admin.info.user)


def _execute(admin: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
