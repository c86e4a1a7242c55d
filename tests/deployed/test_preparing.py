"""Databases that nobody has prepared, and those who prepare them: at once, and with no more rights than they need."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.prepared import applied, roles


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


def test_two_who_prepare_at_once_make_everything_once(untouched: dict[str, str]) -> None:
    both = [preparing(untouched), preparing(untouched)]
    outputs = [process.communicate(timeout=100)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(outputs)
    one, other = map(applied, outputs)
    assert set(one) == set(other) == {"default", *settings.TEARLINE_TOPOLOGY.hosted}
    for alias in one:
        assert "no" in (one[alias], other[alias]), f"{alias} was migrated twice"
    assert "no" not in (one["default"] if one["default"] != "no" else other["default"])


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


@pytest.mark.postgres_only
def test_an_administrator_need_not_be_a_superuser(as_clerk: dict[str, str]) -> None:
    for _ in range(2):
        process = preparing(as_clerk)
        output = process.communicate(timeout=100)[0]
        assert process.returncode == 0, output
    assert set(applied(output).values()) == {"no"}
