"""Commands of manage.py, each in a process of its own, and what stands beside them."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.deployed.collector import Collector, collecting
from tests.processes import Running, free_port, running

Manage = Callable[..., AbstractContextManager[Running]]


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests in this folder start whole processes, so that `make test` leaves them to `make deployed`."""
    item.add_marker("deployed")


@pytest.fixture
def manage() -> Manage:
    """Runs a command of manage.py on the databases of this test."""

    def start(*arguments: str, **environ: str) -> AbstractContextManager[Running]:
        return running([sys.executable, "manage.py", *arguments], os.environ | {"PYTHONUNBUFFERED": "1"} | environ)

    return start


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector
