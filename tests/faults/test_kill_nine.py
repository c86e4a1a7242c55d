"""Wherever its process is killed, an order ends as it would have: nothing charged twice, kept for ever or forgotten.

`make prove` kills every scenario once at each crash point that it comes by, at one of its visits there, which the seed
chooses. `make prove-all` kills it at every visit.
"""

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.nursery import Nursery
from tests.faults.points import ALL, AT, POINTS, visits_to_strike
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import Trials

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("name", SCENARIOS)
def test_unharmed_every_scenario_ends_as_it_says(nursery: Nursery, name: str) -> None:
    trial = Trials(nursery, name).unharmed()
    assert trial.struck
    assert trial.flaws == []


def test_the_scenarios_come_by_every_crash_point(nursery: Nursery) -> None:
    visited = {
        point for name in ("happy", "stock out", "stumbling listener") for point in Trials(nursery, name).visits()
    }
    assert visited == set(POINTS)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.timeout(3600)
def test_an_order_survives_kill_nine(nursery: Nursery, name: str, seed: int, again: Again) -> None:
    trials = Trials(nursery, name)
    for point, visits in ({AT: 1} if AT else trials.visits()).items():
        kills = 0
        for at in visits_to_strike(point, visits, seed=seed, of=name):
            again(AT=at)
            trial = trials.killed(at)
            assert trial.flaws == []
            kills += trial.struck
            tally.count("kills", trial.struck)
            if trial.struck != ALL:  # one is enough; or there are no more visits
                break
        assert kills, f"{name} does not come by {point} any more"


@pytest.mark.parametrize("name", SCENARIOS if ALL else ["happy", "charge refused"])
def test_an_order_survives_one_kill_nine_after_the_other(nursery: Nursery, name: str) -> None:
    kills, flaws = Trials(nursery, name).killed_one_after_the_other(POINTS)
    assert flaws == []
    assert kills >= 5
    tally.count("kills", kills)
