"""A process that pauses until its leases have run out, and then goes on, changes nothing that others have done since.

A kill leaves a dead process; a pause leaves one that does not know that it has been taken for dead.
"""

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.nursery import Nursery
from tests.faults.points import ALL, IN_A_TRANSACTION, some_of, visits_to_strike
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import Trials


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.timeout(3600)
def test_an_order_survives_a_process_that_comes_back_from_a_long_pause(
    nursery: Nursery, name: str, seed: int, again: Again
) -> None:
    trials = Trials(nursery, name)
    visits = trials.visits()
    for point in some_of(visits.keys() - IN_A_TRANSACTION, one_in=5, seed=seed, of=name):
        for at in visits_to_strike(point, visits.get(point, 1), seed=seed, of=name):
            again(AT=at)
            trial = trials.paused(at)
            assert trial.flaws == []
            tally.count("faults", trial.struck)
            if trial.struck != ALL:
                break
