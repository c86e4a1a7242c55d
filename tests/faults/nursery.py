"""Fresh processes by the dozen: one that is warmed up forks the others, so that each costs milliseconds, not a second.

Nothing is opened before the fork, so a child is as good as new: connections, locks and threads are all its own.

    python -m tests.faults.nursery      # reads tasks from its input, a line of JSON each; see `Task`
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from tests.processes import ROOT

KILLED = -signal.SIGKILL
TOO_LATE = -signal.SIGALRM
"""How a child may end, besides 0 when all is well, and 1 with a traceback among what was printed."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a child does. `kill_at`: the crash point at which it is killed; `within`: seconds until it is given up.

    `planted`: names of bugs to plant in it.
    """

    act: str
    scenario: str
    sku: str
    kill_at: str = ""
    within: int = 60
    planted: Sequence[str] = ()


class Nursery:
    """Hands tasks to the warmed-up process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, task: Task) -> int:
        """How the child ended: 0, 1, KILLED or TOO_LATE."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def opened() -> Iterator[Nursery]:
    """On the databases of this test session. Nothing of it is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield Nursery(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    import django

    django.setup()
    acts = _warm_up()
    for line in sys.stdin:
        sys.stdout.write(f"{_in_a_child(acts, Task(**json.loads(line)))}\n")
        sys.stdout.flush()


def _warm_up() -> dict[str, Callable[[Task], None]]:
    """Import all that a child needs."""
    from django.conf import settings

    from tests.faults import planted, scenarios

    for module in settings.TEARLINE_TOPOLOGY.hosted:
        importlib.import_module(f"modules.{module}.local")

    def doing(act: Callable[[scenarios.Scenario, str], None]) -> Callable[[Task], None]:
        def do(task: Task) -> None:
            for bug in task.planted:
                planted.BUGS[bug]()
            act(scenarios.SCENARIOS[task.scenario], task.sku)

        return do

    return {"first try": doing(scenarios.first_try), "come back": doing(scenarios.come_back)}


def _in_a_child(acts: dict[str, Callable[[Task], None]], task: Task) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_do(acts[task.act], task))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _do(act: Callable[[Task], None], task: Task) -> int:
    from tearline import crash_points

    try:
        signal.alarm(task.within)
        crash_points.arm(task.kill_at)
        act(task)
    except BaseException:  # noqa: BLE001 - a child that returned would go on as a second parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
