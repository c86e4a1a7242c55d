"""What runs is compared with what the file says."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deployed.conftest import Manage
from tests.processes import Running, free_port
from tests.redis_server import RedisServer

SHOP = ["catalog", "inventory", "orders", "shipping", "notifications"]


class Deployment:
    """A shop and a till on this machine. `file` is what `check` goes by; processes that run keep to what it said."""

    def __init__(self, file: Path, manage: Manage, events_url: str) -> None:
        self.file = file
        self._events_url = events_url
        self.ports = {"shop": free_port(), "till": free_port()}
        self._manage = manage
        self._running = ExitStack()
        self.processes: dict[str, Running] = {}

    def says(self, **hosted: list[str]) -> None:
        """These processes host these modules."""
        tables = [
            f'[processes.{name}]\nmodules = {modules}\nurl = "http://127.0.0.1:{self.ports[name]}"\n'
            for name, modules in hosted.items()
        ]
        self.file.write_text("\n".join([*tables, '[events]\ntransport = "redis"\n']))

    def start(self, name: str) -> None:
        arguments = ("serve", "--no-worker", "--port", str(self.ports[name]))
        running = self._manage(*arguments, **self._environ(name), EVENTS_URL=self._events_url)
        self.processes[name] = self._running.enter_context(running)
        self.processes[name].wait_for("http://")

    def check(self) -> tuple[int, list[str]]:
        """How the command ends, and what it prints."""
        with self._manage("topology", "check", **self._environ("shop")) as command:
            return command.end(), command.printed

    def close(self) -> None:
        self._running.close()

    def _environ(self, name: str) -> dict[str, str]:
        return {"TEARLINE_TOPOLOGY_FILE": str(self.file), "TEARLINE_PROCESS": name}


@pytest.fixture
def deployment(manage: Manage, redis_server: RedisServer, tmp_path: Path, db: None) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path / "topology.toml", manage, redis_server.url)
    yield deployment
    deployment.close()


def test_a_deployment_is_as_the_file_says_until_either_changes(deployment: Deployment) -> None:
    deployment.says(shop=SHOP, till=["payments"])
    shop, till = (f"{name} at http://127.0.0.1:{port}" for name, port in deployment.ports.items())

    deployment.start("shop")
    ended, printed = deployment.check()
    assert (ended, printed[-1]) == (1, "CommandError: not as the file says: till")
    assert f"{till} is not there: [Errno 111] Connection refused" in printed

    deployment.start("till")
    assert deployment.check() == (0, [f"{shop} is as the file says", f"{till} is as the file says"])

    deployment.says(shop=[*SHOP, "payments"][1:], till=["catalog"])
    ended, printed = deployment.check()
    assert (ended, printed[-1]) == (1, "CommandError: not as the file says: shop, till")
    assert printed[:-1] == [
        f"{shop} hosts catalog, which the file does not say",
        f"{shop} does not host payments",
        f"{shop} goes by another version of the file",
        f"{till} hosts payments, which the file does not say",
        f"{till} does not host catalog",
        f"{till} goes by another version of the file",
    ]


def test_a_file_that_cannot_be_used_keeps_a_process_from_starting_and_names_the_line(
    deployment: Deployment, manage: Manage
) -> None:
    deployment.says(shop=SHOP, till=["payments"])
    deployment.file.write_text(deployment.file.read_text().replace("redis", "pigeon"))

    with manage("serve", TEARLINE_TOPOLOGY_FILE=str(deployment.file)) as process:
        line = process.wait_for("Not configured")
        assert process.end() == 1

    assert f"{deployment.file}:10: [events]: `transport` must be one of local, redis, kafka" in line
