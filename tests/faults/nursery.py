"""Fresh processes by the dozen: one that is warmed up forks the others, so that each costs milliseconds, not a second.

Nothing is opened before the fork, so a child is as good as new: connections, locks and threads are all its own.

    python -m tests.faults.nursery      # reads orders from its input, a line of JSON each; see `Nursery`
"""

import contextlib
import importlib
import itertools
import json
import os
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.processes import ROOT

KILLED = -signal.SIGKILL
TOO_LATE = -signal.SIGALRM
STOPPED = -signal.SIGSTOP
"""How a child may end, besides 0 when all is well, and 1 with a traceback among what was printed. Or pause: STOPPED."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a child does. `kill_at`, `stop_at`, `hold_at`: the crash point at which it is killed; stopped, when none of
    its threads is at a database; stopped as it stands. `within`: seconds until it is given up. `planted`: names of bugs
    to plant in it. `visits_to`: a file for how often it came by each point.
    """

    act: str
    scenario: str
    sku: str = ""
    kill_at: str = ""
    stop_at: str = ""
    hold_at: str = ""
    within: int = 60
    planted: Sequence[str] = ()
    visits_to: str = ""
    fails_at: str = ""
    """The commit of SQLite's that fails; see `failing_commits`."""


class Nursery:
    """Hands tasks to the warmed-up process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._numbers = itertools.count(1)

    def run(self, task: Task) -> int:
        """How the child ended, or that it paused: 0, 1, KILLED, TOO_LATE or STOPPED. A paused one is left so."""
        return self.wait(self.start(task))

    def start(self, task: Task) -> int:
        """A child that does it. Its process id, by which it may be sent signals."""
        return self._order(start=asdict(task))

    def wait(self, child: int) -> int:
        """How it ends, or that it pauses."""
        return self._order(wait=child)

    def go_on(self, child: int) -> int:
        """Wake one that is paused, and wait for it."""
        os.kill(child, signal.SIGCONT)
        return self.wait(child)

    def end_all(self) -> None:
        """Kill the children that are left, paused or not."""
        self._order(end="all")

    def _order(self, **order: object) -> int:
        """The answer to this order, not to an earlier one that was not waited for until the end."""
        assert self._process.stdin
        assert self._process.stdout
        wanted = next(self._numbers)
        self._process.stdin.write(json.dumps(order | {"number": wanted}) + "\n")
        self._process.stdin.flush()
        while True:
            number, answer = map(int, self._process.stdout.readline().split())
            if number == wanted:
                return answer


@contextmanager
def opened(**environ: str) -> Iterator[Nursery]:
    """On the databases of this test session, unless the environment says otherwise. No process is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        env=os.environ | environ,
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


Act = Callable[[Task], None]


def main() -> None:
    import django

    django.setup()
    acts = _warm_up()
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(f"{order['number']} {_follow(order, acts, children)}\n")
        sys.stdout.flush()
    _end(children)  # whoever gave the orders is gone, perhaps killed


def _follow(order: Mapping[str, Any], acts: Mapping[str, Act], children: set[int]) -> int:
    if "end" in order:
        return _end(children)
    if "wait" in order:
        return _awaited(order["wait"], children)
    task = Task(**order["start"])
    child = os.fork()
    if child == 0:
        os._exit(_do(acts[task.act], task))
    children.add(child)
    return child


def _awaited(child: int, children: set[int]) -> int:
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return STOPPED
    children.discard(child)
    return os.waitstatus_to_exitcode(status)


def _end(children: set[int]) -> int:
    while children:
        child = children.pop()
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return 0


def _warm_up() -> dict[str, Act]:
    """Import all that a child needs."""
    from django.conf import settings

    from tests.faults import failing_commits, planted, planted_in_networks, scenarios, witness  # noqa: F401 - bugs

    for module in settings.TEARLINE_TOPOLOGY.hosted:
        importlib.import_module(f"modules.{module}.local")

    def doing(act: Callable[[scenarios.Scenario, str], None]) -> Act:
        def do(task: Task) -> None:
            scenario = scenarios.SCENARIOS[task.scenario]
            scenario.world()
            witness.install()
            for bug in task.planted:
                planted.BUGS[bug]()
            if task.fails_at:
                failing_commits.fail_at(task.fails_at)
            act(scenario, task.sku)

        return do

    return {name: doing(act) for name, act in scenarios.ACTS.items()}


def _do(act: Act, task: Task) -> int:
    try:
        signal.alarm(task.within)
        with _visits_counted(task):
            act(task)
    except BaseException:  # noqa: BLE001 - a child that returned would go on as a second parent
        traceback.print_exc()
        return 1
    return 0


@contextmanager
def _visits_counted(task: Task) -> Iterator[None]:
    """Or rather, with a point to be killed or stopped at, not counted."""
    from tearline import crash_points
    from tests.faults import stillness

    visits: Counter[str] = Counter()
    crash_points.watch(lambda point: visits.update([point]))
    if task.kill_at:
        crash_points.arm(task.kill_at)
    if task.stop_at:
        stillness.install()
        crash_points.arm(task.stop_at, stillness.stop_when_still)
    if task.hold_at:
        crash_points.arm(task.hold_at, stillness.stop)
    yield
    if task.visits_to:
        Path(task.visits_to).write_text(json.dumps(visits))


if __name__ == "__main__":
    main()
