"""The fixtures that stand in for pytest-django's: all aliases, prepared as in production, real transactions."""

import io
import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from pytest_django import DjangoDbBlocker, Settings

from tearline.testing._places import places_key
from tearline.testing._serving import calling_ourselves

Emptying = Callable[[], None]


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> str:
    """`sqlite` or `postgres`."""
    chosen: str = pytestconfig.getoption("--database")
    return chosen


@pytest.fixture(scope="session")
def django_db_setup(
    pytestconfig: pytest.Config,
    django_test_environment: None,  # noqa: ARG001 - asked for its effect
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Every database of every module, made anew."""
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():
        pytestconfig.stash[places_key].make_database()
        call_command("prepare", stdout=io.StringIO())
        connections.close_all()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _close_pools()


@pytest.fixture(scope="session")
def empty_databases(
    pytestconfig: pytest.Config,
    django_db_setup: None,  # noqa: ARG001 - asked for its effect
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Emptying]:
    """Deletes all rows everywhere when called."""
    from tearline.testing import _emptying

    with django_db_blocker.unblock():
        tables = _emptying.tables()
    url = pytestconfig.stash[places_key].url
    if url is None:
        yield lambda: _emptying.empty_files(tables)
        return
    # The roles that serve may not delete from ledgers; the administrator may.
    with psycopg.connect(url, autocommit=True, options="-c lock_timeout=10s") as admin:
        yield _emptying.Schemas(admin, tables).empty


@pytest.fixture
def _django_db_helper(empty_databases: Emptying, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What pytest-django's `db`, `transactional_db`, `live_server` and mark `django_db` all come down to."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()
        empty_databases()
        connections.close_all()


@pytest.fixture(autouse=True)
def closed_circuits() -> None:
    """What targets have done to others is nothing that a test knows of."""
    from tearline.resilience._declared import guards
    from tearline.resilience._isolation import isolated

    guards.clear()
    isolated.forget()


@pytest.fixture(autouse=True)
def looked_again() -> None:
    """Nor is whether a module was being moved."""
    from tearline.databases._residence import look_again

    look_again()


@pytest.fixture
def facades_over_http(_django_db_helper: None, settings: Settings) -> Iterator[None]:
    """Every facade is called over HTTP, those of this process too."""
    with calling_ourselves(settings):
        yield


@pytest.fixture(autouse=True)
def _facades_as_asked(request: pytest.FixtureRequest) -> None:
    """With TEARLINE_FACADES=http in the environment, in every test that uses a database."""
    if os.environ["TEARLINE_FACADES"] == "http" and "_django_db_helper" in request.fixturenames:
        request.getfixturevalue("facades_over_http")


def _close_pools() -> None:
    from django.db import connections

    from tearline.databases.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
