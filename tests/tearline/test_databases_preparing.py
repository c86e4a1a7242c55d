"""One command brings every database up to date, however often and by however many it is run."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tearline.databases.preparing import as_owner


@pytest.fixture
def untouched(tmp_path: Path, engine: str, db: None) -> Iterator[dict[str, str]]:
    """An environment whose databases nobody has prepared."""
    # With a key given, nothing has made the folder either.
    environ = os.environ | {"TEARLINE_VAR": str(tmp_path / "var"), "SECRET_KEY": "given"}
    if engine == "sqlite":
        yield environ
        return
    shared = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(shared.geturl(), autocommit=True) as admin:
        name = sql.Identifier("untouched_test")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield environ | {"DATABASE_URL": shared._replace(path="/untouched_test").geturl()}
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def preparing(environ: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "prepare"],
        env=environ,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def applied(output: str) -> dict[str, str]:
    """How many migrations were applied, by alias."""
    lines = [line.split() for line in output.splitlines() if line.endswith("migrations applied")]
    return {words[0]: words[-3] for words in lines}


def test_two_who_prepare_at_once_make_everything_once(untouched: dict[str, str]) -> None:
    both = [preparing(untouched), preparing(untouched)]
    outputs = [process.communicate(timeout=100)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(outputs)
    one, other = map(applied, outputs)
    assert set(one) == set(other) == {"default", *settings.TEARLINE_TOPOLOGY.hosted}
    for alias in one:
        assert "no" in (one[alias], other[alias]), f"{alias} was migrated twice"
    assert "no" not in (one["default"] if one["default"] != "no" else other["default"])


def test_preparing_again_changes_nothing(db: None) -> None:
    output = io.StringIO()
    call_command("prepare", stdout=output)
    assert set(applied(output.getvalue()).values()) == {"no"}


def test_each_database_knows_only_the_migrations_of_the_apps_that_it_keeps(db: None) -> None:
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        labels = {label for label, _ in MigrationRecorder(connections[module]).applied_migrations()}
        assert labels <= {module, "tearline"}
    platform = {label for label, _ in MigrationRecorder(connections["default"]).applied_migrations()}
    assert platform.isdisjoint({"tearline", *settings.TEARLINE_TOPOLOGY.hosted})


@pytest.mark.sqlite_only
def test_there_is_nothing_to_provision_without_a_server() -> None:
    with pytest.raises(CommandError, match="DATABASE_URL is not given"):
        call_command("provision")


@pytest.mark.postgres_only
def test_provisioning_again_changes_nothing(db: None) -> None:
    def rights() -> list[tuple[object, ...]]:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT nspname, nspowner, nspacl::text FROM pg_namespace ORDER BY nspname")
            return list(cursor.fetchall())

    before = rights()
    call_command("provision", stdout=io.StringIO())
    assert rights() == before


@pytest.mark.postgres_only
def test_tables_are_made_by_the_owner_and_served_by_another(db: None) -> None:
    def who(alias: str) -> str:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user")
            return str(cursor.fetchone()[0])

    assert who("orders") == "orders_app"
    with as_owner("orders"):
        assert who("orders") == "orders_owner"
    assert who("orders") == "orders_app"


@pytest.mark.postgres_only
def test_a_role_comes_in_by_its_own_password_alone(db: None) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])
    netloc = f"orders_app:{connections.settings['payments']['PASSWORD']}@{address.netloc.rpartition('@')[2]}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address._replace(netloc=netloc).geturl())


@pytest.mark.postgres_only
def test_the_roles_can_do_nothing_for_the_whole_server(db: None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE rolsuper OR rolcreatedb OR rolcreaterole OR rolinherit OR rolbypassrls)"
            ", count(*) FROM pg_roles WHERE rolname = ANY(%s)",
            [roles()],
        )
        assert cursor.fetchone() == (0, len(roles()))


@pytest.fixture
def as_clerk(untouched: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of an administrator who owns its database, may make roles, and is no superuser.

    The roles are there already, from the other tests. So the clerk is given what PostgreSQL gives whoever makes them.
    """
    address = urlsplit(untouched["DATABASE_URL"])
    with psycopg.connect(address.geturl(), autocommit=True) as superuser:
        superuser.execute(
            sql.SQL("CREATE ROLE clerk LOGIN CREATEROLE PASSWORD {}").format(sql.Literal(address.password))
        )
        superuser.execute("ALTER DATABASE untouched_test OWNER TO clerk")
        for role in map(sql.Identifier, roles()):
            superuser.execute(sql.SQL("GRANT {} TO clerk WITH ADMIN TRUE, INHERIT FALSE, SET FALSE").format(role))
        clerk = address._replace(netloc=address.netloc.replace(str(address.username), "clerk", 1))
        yield untouched | {"DATABASE_URL": clerk.geturl()}
        superuser.execute("ALTER DATABASE untouched_test OWNER TO CURRENT_USER")
        superuser.execute("DROP OWNED BY clerk CASCADE")
        superuser.execute("DROP ROLE clerk")


def roles() -> list[str]:
    return [f"{name}_{kind}" for name in ("platform", *settings.TEARLINE_TOPOLOGY.hosted) for kind in ("app", "owner")]


@pytest.mark.postgres_only
def test_an_administrator_need_not_be_a_superuser(as_clerk: dict[str, str]) -> None:
    for _ in range(2):
        process = preparing(as_clerk)
        output = process.communicate(timeout=100)[0]
        assert process.returncode == 0, output
    assert set(applied(output).values()) == {"no"}
