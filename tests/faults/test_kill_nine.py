"""Wherever its process is killed, an order ends as it would have: nothing charged twice, kept for ever or forgotten.

By default two scenarios are killed at the first visit of each crash point. With TEARLINE_FAULTS=all every scenario is
killed at every visit of each, which takes a few minutes.
"""

import os
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from tearline.testing import settle
from tearline.work import LEASE
from tests.clock import let_pass
from tests.faults import audit, scenarios
from tests.faults.nursery import KILLED, TOO_LATE, Nursery, Task
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.processes import ROOT

POINTS = sorted(
    {
        point
        for source in (ROOT / "platform" / "tearline").rglob("*.py")
        for point in re.findall(r'reached\("([a-z.]+)"\)', source.read_text())
    }
)
"""Every crash point that the platform names."""

ALL = os.environ.get("TEARLINE_FAULTS") == "all"
CHOSEN = list(SCENARIOS) if ALL else ["happy", "declined"]
VISITS: Iterable[int] = range(1, 100) if ALL else [1]

AT_ONCE = int(LEASE / 3)
"""Seconds within which an order goes on in a fresh process: long before a dead worker's leases run out."""

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("name", SCENARIOS)
def test_unharmed_every_scenario_ends_as_it_says(nursery: Nursery, name: str) -> None:
    assert _found(nursery, SCENARIOS[name], "MUG") == (0, [])


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("point", POINTS)
def test_an_order_survives_kill_nine(nursery: Nursery, point: str, name: str) -> None:
    killed = 0
    for nth in VISITS:
        code, flaws = _found(nursery, SCENARIOS[name], f"MUG-{nth}", kill_at=f"{point}#{nth}")
        assert not flaws
        if code != KILLED:
            break
        killed += 1
    assert killed, f"{name} never comes by {point}"


@pytest.mark.parametrize("name", CHOSEN)
def test_an_order_survives_one_kill_nine_after_the_other(nursery: Nursery, name: str) -> None:
    scenarios.fill_the_shelf("MUG")
    kills = [_come_back(nursery, SCENARIOS[name], "MUG", kill_at=point) for point in POINTS]
    assert kills.count(KILLED) >= 5
    assert _come_back(nursery, SCENARIOS[name], "MUG") == 0
    assert _flaws_in_the_end(SCENARIOS[name], "MUG") == []


@pytest.mark.parametrize(
    ("bug", "kill_at", "noticed"),
    [
        ("journal_before_the_call", "saga.committed", "the reservation is released"),
        ("forget_keys", "saga.called", "one request has become 2 orders"),
        ("finish_before_delivery", "outbox.delivered", "there are 0 shipments"),
        ("charge_under_a_fresh_key", "command.asked#3", "our books say that 0 is kept, the provider's 2900"),
    ],
)
def test_a_planted_bug_is_noticed(nursery: Nursery, bug: str, kill_at: str, noticed: str) -> None:
    code, flaws = _found(nursery, SCENARIOS["happy"], "MUG", kill_at=kill_at, planted=[bug])
    assert code == KILLED
    assert noticed in flaws


def test_it_is_noticed_when_an_order_waits_for_the_lease_of_the_dead(nursery: Nursery) -> None:
    bug = "believe_the_dead_alive"
    _, flaws = _found(nursery, SCENARIOS["happy"], "MUG", kill_at="saga.called", planted=[bug], within=3)
    assert flaws == ["it does not go on at once"]


def test_there_are_crash_points_around_every_kind_of_work() -> None:
    assert {point.partition(".")[0] for point in POINTS} == {"saga", "command", "outbox", "inbox", "task"}


def _found(
    nursery: Nursery,
    scenario: Scenario,
    sku: str,
    *,
    kill_at: str = "",
    planted: Sequence[str] = (),
    within: int = AT_ONCE,
) -> tuple[int, list[str]]:
    """How the first process ended, and what is wrong in the end, when another has gone on."""
    scenarios.fill_the_shelf(sku)
    asked = Task(act="first try", scenario=scenario.name, sku=sku, kill_at=kill_at, planted=planted)
    code = nursery.run(asked)
    if code not in (0, KILLED):
        return code, [f"the first process ended with {code}"]
    back = _come_back(nursery, scenario, sku, planted=planted, within=within)
    if back != 0:
        return code, ["it does not go on at once" if back == TOO_LATE else f"the second process ended with {back}"]
    return code, _flaws_in_the_end(scenario, sku)


def _come_back(nursery: Nursery, scenario: Scenario, sku: str, *, within: int = AT_ONCE, **told: Any) -> int:
    """How a fresh process ended, that was to go on with it at once."""
    return nursery.run(Task(act="come back", scenario=scenario.name, sku=sku, within=within, **told))


def _flaws_in_the_end(scenario: Scenario, sku: str) -> list[str]:
    """When what was put off has had its time too."""
    order = scenarios.ask(scenario, sku)
    let_pass(timedelta(minutes=5))
    settle()
    return audit.flaws(order.id, scenario)
