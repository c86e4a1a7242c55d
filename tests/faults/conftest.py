"""What every test here needs: a nursery, ledgers of effects, and that what happens is counted and can be replayed."""

import json
import os
import shlex
from collections.abc import Callable, Generator, Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tearline.testing import own_declarations
from tests.faults import tally
from tests.faults.nursery import Nursery, opened
from tests.faults.points import ALL


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests in this folder take their time, so that `make test` leaves them to `make prove`."""
    item.add_marker("faults")


@pytest.fixture(scope="session")
def seed() -> int:
    """What chooses among the many faults that could be made."""
    return int(os.environ.get("SEED") or 1)


RETRY = {"first": 0.02, "cap": 0.5, "tries": 40}
"""What fails because another process is not back yet is tried for longer than that process may take."""


@pytest.fixture(scope="session")
def patient() -> Iterator[None]:
    """This process, and those that it starts, do not give up soon."""
    with pytest.MonkeyPatch.context() as changed, override_settings(TEARLINE_RETRY=RETRY):
        changed.setenv("TEARLINE_RETRY", json.dumps(RETRY))
        yield


@pytest.fixture(scope="session")
def witnessed(patient: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ledgers of effects in all databases, and a witness in this process."""
    from tests.faults import witness

    with django_db_blocker.unblock(), own_declarations():
        witness.open_ledgers()
        witness.install()
        yield


@pytest.fixture(scope="session")
def warmed_up(witnessed: None) -> Iterator[Nursery]:
    with opened() as nursery:
        yield nursery


@pytest.fixture
def nursery(db: None, warmed_up: Nursery) -> Iterator[Nursery]:
    """Starts fresh processes on the databases of this session. Those that are left when a test has failed are ended."""
    yield warmed_up
    warmed_up.end_all()


Again = Callable[..., None]


@pytest.fixture
def again(record_property: Callable[[str, object], None]) -> Again:
    """Says which variables of the environment lead to what is about to be tried."""

    def say(**given: str) -> None:
        for name, value in given.items():
            record_property(name, value)

    return say


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails says how to see it fail once more."""
    report = yield
    if report.failed:
        tally.count("violations")
        report.sections.append(("To see it again", _replay(item)))
    return report


def _replay(item: pytest.Item) -> str:
    """With what the test has recorded as variables of the environment."""
    given: dict[str, object] = {"SEED": os.environ.get("SEED") or 1, **({"TEARLINE_FAULTS": "all"} if ALL else {})}
    given |= dict(item.user_properties)
    engine = item.config.getoption("--database")
    set_to = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in given.items())
    return f"{set_to} .venv/bin/pytest -m faults --database={engine} {shlex.quote(item.nodeid)}"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus and not tally.counted["violations"]:
        tally.count("violations")  # it did not get as far as a test
    tally.write(session.config.getoption("--database"))
