"""pytest on real databases: `--database=sqlite` (files) or `--database=postgres` (a server, with schemas and roles).

PostgreSQL is the one that DATABASE_URL names, in a database of its own there (`<name>_test`, made anew), or else one
that is started for this session and removed afterwards.

Every database of every module is made by `manage.py prepare`, as anywhere else, and each is used as the role that
serves. The environment says so before Django reads it, so that processes which a test starts meet the same databases.

What a test commits is committed: `db`, `transactional_db` and the mark `django_db` all give real transactions on all
aliases. After the test every row is deleted. Rows that a migration has written are deleted too, but for content types
and permissions.

Where topology.toml has several processes, the tests run in one that hosts every module of this checkout. Modules that
are not in it answer nobody: tests play them.

Facades are called through JSON, or as TEARLINE_FACADES says: `direct`, or `http`, by a server within this process.

No module's code reaches another's rows meanwhile: `_guarding` refuses it. Nor does it connect to anybody outside but as
a policy says: `_connecting` refuses that.

What uses no database need not run on each of them: `--using-databases` leaves it to another run (`_selecting` has the
rule), and `--using-none` is that run. `--binding` leaves out what is there in another binding too. How many tests were
left is said.
"""

import os
from collections.abc import Sequence

import pytest

from tearline.testing import _fixtures
from tearline.testing._places import ENGINES, Places, places_key
from tearline.testing._selecting import BINDINGS, MARKS, left_key, select


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=ENGINES, default="sqlite", help="Which databases the tests run on.")
    parser.addoption("--using-databases", action="store_true", help="Only the tests that use a database.")
    parser.addoption("--using-none", action="store_true", help="Only the tests that use no database.")
    parser.addoption("--binding", choices=BINDINGS, help="Of tests for several bindings, those with this one.")
    parser.addoption("--record", action="store_true", help="Keep what journeys do, instead of comparing it first.")


# Before pytest-django, which reads the settings at this point.
@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    for engine, mark in MARKS.items():
        early_config.addinivalue_line("markers", f"{mark}: what only {engine} can show; not selected with another one.")
    options = early_config.known_args_namespace
    if options.help or options.version:
        return
    places = Places.made(options.database, os.environ)
    early_config.stash[places_key] = places
    early_config.add_cleanup(places.remove)  # unlike pytest_unconfigure, also when the settings do not load
    places.tell(os.environ)
    places.host_all(early_config.rootpath, os.environ)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("hypothesispytest"):
        _take_the_time_that_examples_need()
    # A plugin registered later wins: these fixtures stand in for pytest-django's of the same names.
    config.pluginmanager.register(_fixtures, "tearline-fixtures")
    if places_key in config.stash:
        from django.conf import settings

        from tearline.testing._connecting import guard_connections
        from tearline.testing._guarding import guard_statements

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        guard_statements()
        guard_connections()


def _take_the_time_that_examples_need() -> None:
    """How long one takes says nothing on a machine that does other things, too."""
    from hypothesis import HealthCheck
    from hypothesis import settings as examples

    examples.register_profile("tearline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    examples.load_profile("tearline")


@pytest.hookimpl(trylast=True)  # what marks and paths leave out is not counted
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    select(config, items)


def pytest_report_header(config: pytest.Config) -> Sequence[str]:
    return [f"databases: {config.getoption('--database')}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left := config.stash.get(left_key, 0):
        terminalreporter.write_line(f"{left} tests show nothing more here and were left to another run")
