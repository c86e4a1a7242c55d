"""Where each database is, as the environment says.

| environment | databases |
|---|---|
| nothing | one SQLite file each: `<var>/<name>.sqlite3` |
| `DATABASE_URL` | one PostgreSQL database with a schema each |
| `<NAME>_DATABASE_URL` | a PostgreSQL database of its own for this one, its credentials used as they are; or a file |
| `<NAME>_MOVES_TO_DATABASE_URL` | such an address, or `shared`: see below |

A file is given as `sqlite:////srv/payments.sqlite3`, or as `sqlite:///apart/payments.sqlite3` when it is below `<var>`.

`manage.py move` takes a module's rows to the address at which it says that the module moves to, and all processes look
for them there from then on. `shared` is where the module is without an address of its own.

The name of a database is its module's, and `platform` for the alias `default`. What the topology calls a process's own
is not looked for in `DATABASE_URL`.

The user of `DATABASE_URL` is the administrator: it provisions, and serves no request. Each database in it is served as
`<name>_app` and migrated as `<name>_owner`. Their passwords are derived: the HMAC-SHA-256 of the role's name under the
administrator's password. So one secret suffices, every process works out the same passwords, and none of them leads
back to the administrator's. After a change of that password, prepare once more. A process that shall not know it gets
a `<NAME>_DATABASE_URL` for each of its databases instead.

More variables: `DATABASE_POOL_SIZE`, connections a process keeps to each PostgreSQL database at most (6);
`SQLITE_SYNCHRONOUS`, SQLite's pragma of that name (FULL: what is committed survives a power cut).
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

PLATFORM = "platform"


class DatabaseSettingsError(Exception):
    """The environment does not say where a database is. The message names the variable, never its value."""


def configured(
    modules: Iterable[str], environ: Mapping[str, str], var: Path, *, own: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: `default` and an alias for each of these modules. `own`: names that share no database.

    A database that we provision says so by two keys of its own: SCHEMA, and OWNER with the USER and PASSWORD that
    migrate it. ELSEWHERE is where its rows may move to. Raises DatabaseSettingsError.
    """
    if environ.get(f"{PLATFORM.upper()}_MOVES_TO_DATABASE_URL"):
        raise DatabaseSettingsError(f"{PLATFORM.upper()}_MOVES_TO_DATABASE_URL: only modules can be moved")
    names = {alias: PLATFORM if alias == "default" else alias for alias in ("default", *modules)}
    return {alias: _database(name, environ, var, own=name in own) for alias, name in names.items()}


def _database(name: str, environ: Mapping[str, str], var: Path, *, own: bool) -> dict[str, Any]:
    variable, moves_to = f"{name.upper()}_DATABASE_URL", f"{name.upper()}_MOVES_TO_DATABASE_URL"
    usual = _at(variable, environ, var) if environ.get(variable) else _shared(name, environ, var, own=own)
    if not environ.get(moves_to):
        return usual
    shared = environ[moves_to] == "shared"
    elsewhere = _shared(name, environ, var, own=own) if shared else _at(moves_to, environ, var)
    return usual | {"ELSEWHERE": elsewhere}


def _at(variable: str, environ: Mapping[str, str], var: Path) -> dict[str, Any]:
    scheme, _, path = environ[variable].partition(":///")
    return _sqlite(var / path, environ) if scheme == "sqlite" and path else _postgresql(variable, environ)


def _shared(name: str, environ: Mapping[str, str], var: Path, *, own: bool) -> dict[str, Any]:
    variable = f"{name.upper()}_DATABASE_URL"
    if environ.get("DATABASE_URL"):
        if own:
            raise DatabaseSettingsError(f"{variable} must be given: the topology keeps {name} out of DATABASE_URL")
        return _schema(name, environ)
    return _sqlite(var / f"{name}.sqlite3", environ)


def _sqlite(path: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    synchronous = environ.get("SQLITE_SYNCHRONOUS", "FULL").upper()
    if synchronous not in {"OFF", "NORMAL", "FULL", "EXTRA"}:
        raise DatabaseSettingsError("SQLITE_SYNCHRONOUS must be one of OFF, NORMAL, FULL, EXTRA")
    return {
        "ENGINE": "tearline.databases.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}",
        },
    }


def _postgresql(variable: str, environ: Mapping[str, str]) -> dict[str, Any]:
    address = _parsed(variable, environ[variable])
    return {
        "ENGINE": "tearline.databases.postgresql",
        "NAME": address.pop("dbname"),
        "USER": address.pop("user"),
        "PASSWORD": address.pop("password", ""),
        "HOST": address.pop("host", ""),
        "PORT": address.pop("port", ""),
        # Connections live in a pool; a thread gives its own back when it is done or turns to another database.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            **address,
            "pool": {"min_size": 0, "max_size": _pool_size(environ), "timeout": 20},
        },
    }


def _schema(name: str, environ: Mapping[str, str]) -> dict[str, Any]:
    database = _postgresql("DATABASE_URL", environ)
    secret = database["PASSWORD"]
    if not secret:
        raise DatabaseSettingsError("DATABASE_URL must carry a password: the passwords of all roles derive from it")
    app, owner = f"{name}_app", f"{name}_owner"
    return database | {
        "USER": app,
        "PASSWORD": _derived(secret, app),
        "OWNER": {"USER": owner, "PASSWORD": _derived(secret, owner)},
        "SCHEMA": name,
    }


def _parsed(variable: str, url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not url.startswith(("postgres://", "postgresql://")):
        raise DatabaseSettingsError(f"{variable} must begin with postgres://, postgresql:// or sqlite:///")
    try:
        address = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:
        # The driver's own message would show a piece of the address, which may be the password.
        raise DatabaseSettingsError(f"{variable} is not an address that PostgreSQL understands") from None
    missing = {"user", "dbname"} - address.keys()
    if missing:
        raise DatabaseSettingsError(f"{variable} must name a user and a database")
    return address


def _pool_size(environ: Mapping[str, str]) -> int:
    size = environ.get("DATABASE_POOL_SIZE", "6")
    if not size.isdecimal() or int(size) < 1:
        raise DatabaseSettingsError("DATABASE_POOL_SIZE must be a whole number from 1")
    return int(size)


def _derived(secret: str, role: str) -> str:
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()
