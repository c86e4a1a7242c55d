"""Wherever its process is killed, an order ends as it would have: nothing charged twice, kept for ever or forgotten.

`make prove` kills the happy scenario at every crash point that it comes by and the others at one in three, each time at
one visit there: the seed chooses. `make prove-all` kills every scenario at every visit of every point.
"""

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.nursery import Nursery
from tests.faults.points import ALL, POINTS, chains, some_of, visits_to_strike
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import Trials


@pytest.mark.parametrize("name", SCENARIOS)
def test_unharmed_every_scenario_ends_as_it_says(nursery: Nursery, name: str) -> None:
    assert Trials(nursery, name).visits()


def test_the_scenarios_come_by_every_crash_point(nursery: Nursery) -> None:
    visited = {
        point for name in ("happy", "stock out", "stumbling listener") for point in Trials(nursery, name).visits()
    }
    assert visited == set(POINTS)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.timeout(3600)
def test_an_order_survives_kill_nine(nursery: Nursery, name: str, seed: int, again: Again) -> None:
    trials = Trials(nursery, name)
    visits = trials.visits()
    for point in some_of(visits, one_in=1 if name == "happy" else 3, seed=seed, of=name):
        kills = 0
        for at in visits_to_strike(point, visits.get(point, 1), seed=seed, of=name):
            again(AT=at)
            trial = trials.killed(at)
            assert trial.flaws == []
            kills += trial.struck
            tally.count("kills", trial.struck)
            if trial.struck != ALL:  # one is enough; or there are no more visits
                break
        assert kills, f"{name} does not come by {point} any more"


@pytest.mark.parametrize("name", SCENARIOS if ALL else ["happy", "charge refused"])
@pytest.mark.timeout(1200)
def test_an_order_survives_one_kill_nine_after_the_other(nursery: Nursery, name: str, seed: int) -> None:
    trials = Trials(nursery, name)
    for chain in chains(seed=seed, of=name):
        kills, flaws = trials.killed_one_after_the_other(chain)
        assert flaws == []
        tally.count("kills", kills)
