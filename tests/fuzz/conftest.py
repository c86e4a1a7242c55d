"""A shop that has seen something, a server on its databases, and who asks it."""

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.fuzz.fuzzing import Findings
from tests.fuzz.stage import Stage
from tests.processes import eventually, free_port, running
from tests.topologies.apart import is_ready

Tell = Callable[[str, Findings], None]

told_key = pytest.StashKey[list[str]]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests in this folder take their time, so that `make test` leaves them to `make fuzz`."""
    item.add_marker("fuzz")


@pytest.fixture(scope="session")
def seed() -> int:
    """Settles which requests are made."""
    return int(os.environ.get("SEED") or 1)


@pytest.fixture
def stage(db: None, mailoutbox: list[object]) -> Stage:
    return Stage()


@pytest.fixture
def server(stage: Stage) -> Iterator[str]:
    """Where it answers. It does no work but that, so that nobody is told of anything at addresses that were made up."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--no-worker"]
    with running(
        command,
        os.environ
        | {
            "TEARLINE_FACADES": "direct",
            "TEARLINE_RATE_LIMIT": "off",
            "TEARLINE_WRONG_KEYS": "off",
            "PYTHONUNBUFFERED": "1",
        },
    ) as process:
        eventually(lambda: is_ready(port), "it serves", seconds=60)
        yield f"http://127.0.0.1:{port}"
        assert process.alive()
        assert not (broken := _told_of_what_broke(process.printed)), "\n".join(broken)


def _told_of_what_broke(printed: list[str]) -> list[str]:
    """The first traceback in a log, with the line before it."""
    begins = next((place for place, line in enumerate(printed) if "Traceback" in line), None)
    return [] if begins is None else printed[max(begins - 1, 0) : begins + 100]


@pytest.fixture
def tell(pytestconfig: pytest.Config, seed: int) -> Tell:
    """Has what was found printed when all is done."""

    def note(who: str, found: Findings) -> None:
        engine = pytestconfig.getoption("--database")
        line = f"fuzzed on {engine} as {who}, SEED={seed}: {found}"
        pytestconfig.stash.setdefault(told_key, []).append(line)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(told_key, []):
        terminalreporter.write_line(line)
