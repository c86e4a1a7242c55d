"""Where each database is, as the environment says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tearline.databases import DatabaseSettingsError, configured

ADMIN = "postgres://admin:p%40ss@db.internal:5433/shop?sslmode=require"
VAR = Path("/srv/var")


def test_with_nothing_said_each_module_has_a_file() -> None:
    databases = configured(["orders", "payments"], {}, VAR)
    assert {alias: database["NAME"] for alias, database in databases.items()} == {
        "default": "/srv/var/platform.sqlite3",
        "orders": "/srv/var/orders.sqlite3",
        "payments": "/srv/var/payments.sqlite3",
    }


def test_a_module_may_have_a_file_of_its_own() -> None:
    environ = {"DATABASE_URL": ADMIN, "ORDERS_DATABASE_URL": "sqlite:///apart/orders.sqlite3"}
    assert configured(["orders"], environ, VAR)["orders"]["NAME"] == "/srv/var/apart/orders.sqlite3"
    environ["ORDERS_DATABASE_URL"] = "sqlite:////mnt/orders.sqlite3"
    assert configured(["orders"], environ, VAR)["orders"]["NAME"] == "/mnt/orders.sqlite3"


def test_where_a_module_may_move_is_kept_with_where_it_is() -> None:
    environ = {"DATABASE_URL": ADMIN, "ORDERS_MOVES_TO_DATABASE_URL": "postgresql://orders:pw@db2/orders"}
    there = configured(["orders", "payments"], environ, VAR)
    assert there["orders"]["SCHEMA"] == "orders"
    assert there["orders"]["ELSEWHERE"]["HOST"] == "db2"
    assert "ELSEWHERE" not in there["payments"]


def test_the_way_back_to_what_is_shared_needs_no_address() -> None:
    environ = {"ORDERS_DATABASE_URL": "postgresql://orders:pw@db2/orders", "ORDERS_MOVES_TO_DATABASE_URL": "shared"}
    assert configured(["orders"], environ, VAR)["orders"]["ELSEWHERE"]["NAME"] == "/srv/var/orders.sqlite3"
    back = configured(["orders"], environ | {"DATABASE_URL": ADMIN}, VAR)["orders"]["ELSEWHERE"]
    assert (back["SCHEMA"], back["HOST"]) == ("orders", "db.internal")


def test_the_platforms_own_database_does_not_move() -> None:
    with pytest.raises(DatabaseSettingsError, match="only modules can be moved"):
        configured(["orders"], {"PLATFORM_MOVES_TO_DATABASE_URL": "sqlite:///elsewhere.sqlite3"}, VAR)


def test_one_address_gives_each_module_a_schema_and_a_role_of_its_own() -> None:
    databases = configured(["orders", "payments"], {"DATABASE_URL": ADMIN}, VAR)
    assert {alias: (database["SCHEMA"], database["USER"]) for alias, database in databases.items()} == {
        "default": ("platform", "platform_app"),
        "orders": ("orders", "orders_app"),
        "payments": ("payments", "payments_app"),
    }
    orders = databases["orders"]
    assert (orders["NAME"], orders["HOST"], orders["PORT"]) == ("shop", "db.internal", "5433")
    assert orders["OPTIONS"]["sslmode"] == "require"
    assert orders["OWNER"]["USER"] == "orders_owner"


def test_every_role_has_a_password_of_its_own_and_none_is_the_administrators() -> None:
    databases = configured(["orders", "payments"], {"DATABASE_URL": ADMIN}, VAR).values()
    passwords = [database["PASSWORD"] for database in databases] + [
        database["OWNER"]["PASSWORD"] for database in databases
    ]
    assert len(set(passwords)) == 6
    assert "p@ss" not in repr(databases)


def test_the_passwords_are_the_same_in_every_process_and_others_under_another_secret() -> None:
    def password(url: str) -> str:
        return str(configured(["orders"], {"DATABASE_URL": url}, VAR)["orders"]["PASSWORD"])

    assert password(ADMIN) == password(ADMIN)
    assert password(ADMIN) != password(ADMIN.replace("p%40ss", "another"))


def test_a_database_that_the_topology_keeps_apart_is_not_looked_for_in_the_shared_one() -> None:
    with pytest.raises(DatabaseSettingsError, match="ORDERS_DATABASE_URL must be given: the topology keeps orders out"):
        configured(["orders", "payments"], {"DATABASE_URL": ADMIN}, VAR, own=["orders"])
    with pytest.raises(DatabaseSettingsError, match="PLATFORM_DATABASE_URL must be given"):
        configured(["orders"], {"DATABASE_URL": ADMIN}, VAR, own=["platform"])
    elsewhere = {"DATABASE_URL": ADMIN, "ORDERS_DATABASE_URL": "postgresql://someone:secret@elsewhere/orders"}
    assert configured(["orders", "payments"], elsewhere, VAR, own=["orders"])["orders"]["HOST"] == "elsewhere"
    assert configured(["orders"], {}, VAR, own=["orders"])["orders"]["NAME"] == "/srv/var/orders.sqlite3"


def test_a_module_with_an_address_of_its_own_uses_it_as_it_is() -> None:
    environ = {"DATABASE_URL": ADMIN, "ORDERS_DATABASE_URL": "postgresql://someone:secret@elsewhere/orders"}
    databases = configured(["orders", "payments"], environ, VAR)
    orders = databases["orders"]
    assert (orders["HOST"], orders["USER"], orders["PASSWORD"]) == ("elsewhere", "someone", "secret")
    assert "OWNER" not in orders
    assert databases["payments"]["HOST"] == "db.internal"


def test_a_socket_is_an_address_too() -> None:
    environ = {"ORDERS_DATABASE_URL": "postgres://someone@/orders?host=%2Frun%2Fpostgresql"}
    assert configured(["orders"], environ, VAR)["orders"]["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"DATABASE_URL": "mysql://u:secret@h/d"}, "DATABASE_URL must begin with postgres://"),
        ({"DATABASE_URL": "postgres://u@h/d"}, "DATABASE_URL must carry a password"),
        ({"DATABASE_URL": "postgres://u:secret@h"}, "DATABASE_URL must name a user and a database"),
        ({"DATABASE_URL": "postgres://u:secret@[h/d"}, "DATABASE_URL is not an address"),
        ({"ORDERS_DATABASE_URL": "postgres://h/d"}, "ORDERS_DATABASE_URL must name a user and a database"),
        ({"DATABASE_URL": ADMIN, "DATABASE_POOL_SIZE": "0"}, "DATABASE_POOL_SIZE must be a whole number from 1"),
        ({"SQLITE_SYNCHRONOUS": "perhaps; DROP"}, "SQLITE_SYNCHRONOUS must be one of"),
    ],
)
def test_what_cannot_be_used_is_refused_by_the_variables_name_alone(environ: dict[str, str], message: str) -> None:
    with pytest.raises(DatabaseSettingsError, match=message) as refused:
        configured(["orders"], environ, VAR)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_what_is_fit_for_this_machine_alone_is_refused_without_debug(missing: str) -> None:
    given = {"DEBUG": "0", "SECRET_KEY": "given", "ALLOWED_HOSTS": "shop.example"} | {missing: ""}
    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=os.environ | given,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert f"{missing} must be given when DEBUG is off" in started.stderr


def test_debug_is_off_as_soon_as_a_server_holds_the_data() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    given = {"DATABASE_URL": ADMIN, "SECRET_KEY": "given", "ALLOWED_HOSTS": "shop.example, www.shop.example"}
    told = subprocess.run(
        [sys.executable, "-c", "from config import settings as s; print(s.DEBUG, s.ALLOWED_HOSTS)"],
        env=environ | given,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False ['shop.example', 'www.shop.example']"


def test_the_key_for_development_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    from config import secret_key

    key = secret_key.kept_in(tmp_path / "var")
    assert len(key) >= 50
    assert secret_key.kept_in(tmp_path / "var") == key
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600
