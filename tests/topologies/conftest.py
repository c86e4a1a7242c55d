"""The shop in one process, the till in another."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tearline.testing._places import places_key
from tests.network.http_talk import HTTP
from tests.network.proxy import Proxy, at
from tests.processes import Running, eventually, free_port, running
from tests.redis_server import RedisServer
from tests.topologies.apart import MODULES, is_ready
from tests.topologies.calling import Caller, calling
from tests.topologies.estates import Mould, moulded

TWO = """
[processes.shop]
modules = ["catalog", "inventory", "orders", "shipping", "notifications"]
url = "http://127.0.0.1:{shop}"

[processes.till]
modules = ["payments"]
url = "http://127.0.0.1:{till}"

[events]
transport = "redis"
"""

Serve = Callable[..., AbstractContextManager[Running]]


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests in this folder start whole processes, so that `make test` leaves them to `make deployed`."""
    item.add_marker("deployed")


@pytest.fixture(scope="session")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mould, str]]:
    """A shop with goods on its shelf, for processes with databases of their own; and an API key for all of it."""
    server = request.config.stash[places_key].maintenance_url
    with moulded(MODULES, tmp_path_factory.mktemp("mould"), server) as (mould, token):
        yield mould, token


@pytest.fixture
def ports() -> dict[str, int]:
    """Where each process listens."""
    return {"shop": free_port(), "till": free_port()}


@pytest.fixture
def line_to_the_till(ports: dict[str, int]) -> Iterator[Proxy]:
    """What stands between the two, and lets everything through until a test wants something else."""
    with Proxy(at(ports["till"]), HTTP) as proxy:
        yield proxy


@pytest.fixture
def two(
    db: None, tmp_path: Path, ports: dict[str, int], line_to_the_till: Proxy, redis_server: RedisServer
) -> dict[str, str]:
    """The environment of every process. The shop reaches the till by the line, the till listens where it ends."""
    topology = tmp_path / "two.toml"
    topology.write_text(TWO.format(shop=ports["shop"], till=line_to_the_till.port))
    return os.environ | {
        "PYTHONUNBUFFERED": "1",
        "TEARLINE_TOPOLOGY_FILE": str(topology),
        "TEARLINE_FACADES": "direct",
        "EVENTS_URL": redis_server.url,
    }


@pytest.fixture
def serve(two: dict[str, str], ports: dict[str, int]) -> Serve:
    """Starts a process of the topology, and waits until it serves."""

    @contextmanager
    def start(process: str, **environ: str) -> Iterator[Running]:
        port = ports[process]
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        with running(command, two | environ | {"TEARLINE_PROCESS": process}) as server:
            eventually(lambda: server.alive() and is_ready(port), f"{process} serves")
            yield server

    return start


@pytest.fixture
def shop(two: dict[str, str]) -> Iterator[Caller]:
    """A process of the shop that calls as a test wants it to."""
    with calling(two | {"TEARLINE_PROCESS": "shop"}) as caller:
        yield caller


@pytest.fixture
def till(serve: Serve) -> Iterator[Running]:
    with serve("till") as server:
        yield server


def tell_all(server: Running, number: signal.Signals) -> None:
    """To every process of the group, as to a machine that stops."""
    os.killpg(server.process.pid, number)
