"""Every module's rows are in its own database, and nobody else comes near them."""

import sqlite3
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connections, models
from django.test.utils import isolate_apps

from tearline.databases.preparing import as_owner
from tearline.databases.provisioning import grant

MODULES: tuple[str, ...] = settings.TEARLINE_TOPOLOGY.hosted


def ledger_of(module: str) -> type[models.Model]:
    return type(
        "Probe",
        (models.Model,),
        {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": module}),
            "amount": models.IntegerField(),
            "append_only": True,
        },
    )


@pytest.fixture
def ledgers(db: None) -> Iterator[dict[str, type[models.Model]]]:
    """An append-only table in each module's database, made as its migrations would make it."""
    with isolate_apps(*(f"modules.{module}" for module in MODULES)):
        ledgers = {module: ledger_of(module) for module in MODULES}
    for module, ledger in ledgers.items():
        with as_owner(module) as connection:
            with connection.schema_editor() as editor:
                editor.create_model(ledger)
            if connection.vendor == "postgresql":
                models_there = [*apps.get_app_config(module).get_models(), ledger]
                grant(connection, app=f"{module}_app", schema=module, models=models_there)
    yield ledgers
    for module, ledger in ledgers.items():
        with as_owner(module) as connection, connection.schema_editor() as editor:
            editor.delete_model(ledger)


def execute(alias: str, statement: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)


def refused(alias: str, statement: str) -> str:
    """Why the role that serves may not do this."""
    with pytest.raises(ProgrammingError) as error:
        execute(alias, statement)
    return str(error.value)


@pytest.mark.sqlite_only
def test_the_rows_of_a_module_land_in_its_own_file(ledgers: dict[str, type[models.Model]]) -> None:
    for amount, module in enumerate(MODULES):
        ledgers[module]._default_manager.create(amount=amount)
    for amount, module in enumerate(MODULES):
        with sqlite3.connect(settings.VAR / f"{module}.sqlite3") as file:
            assert file.execute(f"SELECT amount FROM {module}_probe").fetchall() == [(amount,)]
            others = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        file.close()
        assert [name for (name,) in others if name.endswith("_probe")] == [f"{module}_probe"]


@pytest.mark.postgres_only
def test_the_rows_of_a_module_land_in_its_own_schema(ledgers: dict[str, type[models.Model]]) -> None:
    for amount, module in enumerate(MODULES):
        ledgers[module]._default_manager.create(amount=amount)
    for amount, module in enumerate(MODULES):
        with connections[module].cursor() as cursor:
            cursor.execute(f"SELECT current_schema(), current_user, amount FROM {module}.{module}_probe")
            assert cursor.fetchall() == [(module, f"{module}_app", amount)]
            cursor.execute("SELECT schemaname FROM pg_tables WHERE tablename = %s", [f"{module}_probe"])
            assert cursor.fetchall() == [(module,)]


@pytest.mark.postgres_only
@pytest.mark.parametrize("module", ["default", *MODULES])
def test_no_role_that_serves_comes_near_another_modules_tables(
    ledgers: dict[str, type[models.Model]], module: str
) -> None:
    for other in MODULES:
        if other == module:
            continue
        for statement in (
            "SELECT * FROM {0}.{0}_probe",
            "INSERT INTO {0}.{0}_probe (amount) VALUES (1)",
            "UPDATE {0}.{0}_probe SET amount = 1",
            "DELETE FROM {0}.{0}_probe",
            "TRUNCATE {0}.{0}_probe",
            "CREATE TABLE {0}.mine (id integer)",
        ):
            assert f"permission denied for schema {other}" in refused(module, statement.format(other))


@pytest.mark.postgres_only
@pytest.mark.parametrize("schema", ["platform", *MODULES])
def test_no_owner_sees_into_another_schema(db: None, schema: str) -> None:
    roles = [f"{other}_{kind}" for other in ("platform", *MODULES) if other != schema for kind in ("owner", "app")]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT role FROM unnest(%s::text[]) AS role WHERE has_schema_privilege(role, %s, 'USAGE, CREATE')",
            [roles, schema],
        )
        assert cursor.fetchall() == []


@pytest.mark.postgres_only
@pytest.mark.parametrize("module", ["default", *MODULES])
def test_a_role_that_serves_changes_no_table(db: None, module: str) -> None:
    assert "permission denied for schema" in refused(module, "CREATE TABLE mine (id integer)")
    assert "permission denied for schema public" in refused(module, "CREATE TABLE public.mine (id integer)")
    assert "permission denied for database" in refused(module, "CREATE SCHEMA mine")
    assert "permission denied to create temporary tables" in refused(module, "CREATE TEMP TABLE mine (id integer)")
    assert "must be owner" in refused(module, "ALTER TABLE django_migrations ADD mine integer")
    assert "must be owner" in refused(module, "DROP TABLE django_migrations")
    assert "permission denied" in refused(module, "TRUNCATE django_migrations")
    assert "permission denied" in refused(module, "DELETE FROM django_migrations")
    assert "permission denied to set role" in refused(module, "SET ROLE orders_owner")
    assert "permission denied to create role" in refused(module, "CREATE ROLE mine")


@pytest.mark.postgres_only
@pytest.mark.parametrize("module", MODULES)
def test_what_is_append_only_is_neither_changed_nor_deleted(
    ledgers: dict[str, type[models.Model]], module: str
) -> None:
    execute(module, f"INSERT INTO {module}_probe (amount) VALUES (1)")
    for statement in ("UPDATE {0}_probe SET amount = 2", "DELETE FROM {0}_probe", "TRUNCATE {0}_probe"):
        assert f"permission denied for table {module}_probe" in refused(module, statement.format(module))


@pytest.mark.postgres_only
@pytest.mark.parametrize("module", MODULES)
def test_the_grants_of_every_installed_model_are_as_it_says(db: None, module: str) -> None:
    for model in apps.get_app_config(module).get_models():
        wanted = not getattr(model, "append_only", False)
        with connections[module].cursor() as cursor:
            for right in ("UPDATE", "DELETE"):
                cursor.execute("SELECT has_table_privilege(%s, %s)", [model._meta.db_table, right])
                assert cursor.fetchone() == (wanted,), f"{right} on {model._meta.label}"
