"""What a process of several needs in order to start, and that it needs none of the others."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.processes import Failed, running
from tests.redis_server import RedisServer
from tests.topologies.apart import MODULES, Apart, settled, taken_apart
from tests.topologies.estates import Mould

SHOWS = {
    "catalog": "/products",
    "inventory": "/stock",
    "notifications": "/notifications",
    "orders": "/orders",
    "payments": "/payments",
    "shipping": "/shipments",
}
"""What each module tells of its own rows."""


StartAlone = Callable[..., AbstractContextManager[Apart]]


@pytest.fixture
def start_alone(filled: tuple[Mould, str], tmp_path: Path, redis_server: RedisServer) -> StartAlone:
    """Starts a module's process of six, and no other. Raises Failed when it does not serve."""
    mould, token = filled

    @contextmanager
    def start(module: str, **environ: str) -> Iterator[Apart]:
        out = (module, *(other for other in MODULES if other != module))
        usual = os.environ | {"EVENTS_URL": redis_server.url, "PYTHONUNBUFFERED": "1", "TEARLINE_FACADES": "direct"}
        told = usual | environ
        with (
            settled(mould, tmp_path) as settle,
            taken_apart(out, environ=told, folder=tmp_path, settle=settle, token=token, alone=module) as shop,
        ):
            assert shop.running.keys() == {module}
            yield shop

    return start


@pytest.mark.parametrize("module", MODULES)
def test_a_module_starts_and_answers_while_no_other_process_is_there(start_alone: StartAlone, module: str) -> None:
    with start_alone(module) as shop:
        assert shop.ask(SHOWS[module]).raise_for_status().json().keys() >= {"data"}


def test_a_module_that_asks_another_one_in_order_to_start_is_noticed(start_alone: StartAlone) -> None:
    with (
        pytest.raises(Failed, match=r"(?s)orders has ended.*needy.py.*could not be asked"),
        start_alone("orders", DJANGO_SETTINGS_MODULE="tests.topologies.needy"),
    ):
        pass


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TEARLINE_SERVICE_KEYS": "", "DEBUG": "0"}, "TEARLINE_SERVICE_KEYS must be given"),
        ({"TEARLINE_SERVICE_KEYS": "too-short"}, "a key has 32 characters at least"),
        ({"TEARLINE_PROCESS": "shopp"}, "there is no [processes.shopp]; known are: shop, till"),
        ({"TEARLINE_TOPOLOGY_FILE": "nowhere.toml"}, "nowhere.toml: cannot be read"),
    ],
)
def test_a_process_that_cannot_be_one_of_several_does_not_start(
    two: dict[str, str], environ: dict[str, str], said: str
) -> None:
    usual = {"TEARLINE_PROCESS": "shop", "SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "localhost"}
    with running([sys.executable, "manage.py", "worker"], two | usual | environ) as process:
        process.wait_for(said)
        assert process.end() == 1
