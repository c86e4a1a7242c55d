"""One command brings every database up to date, however often and by however many it is run."""

import io
import os
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from tearline.databases.preparing import as_owner
from tests.prepared import applied, roles


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
