"""Whoever does not hear what became of a COMMIT finds out: nothing is lost, nothing is done twice, nothing is stuck.

The connection of an order's process is cut at a commit: before the server hears of it, after it has done it and before
the answer arrives, in the middle of the answer; or the answer is late. `make prove` makes each of the four happen to
every scenario, at one commit that the seed chooses; `make prove-all` at every commit.
"""

import os
from collections.abc import Iterator

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.cuts import CutTrials, cuts_to_make
from tests.faults.nursery import Nursery, opened
from tests.faults.points import ALL, AT
from tests.faults.proxy import Proxy, before_postgresql
from tests.faults.scenarios import SCENARIOS

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres_only]

Proxied = tuple[Nursery, Proxy]


@pytest.fixture(scope="module")
def proxied(witnessed: None) -> Iterator[Proxied]:
    """Starts processes whose databases are behind a proxy."""
    with before_postgresql(os.environ["DATABASE_URL"]) as (proxy, url), opened(DATABASE_URL=url) as nursery:
        yield nursery, proxy


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.timeout(3600)
def test_an_order_survives_a_cut_at_a_commit(proxied: Proxied, name: str, seed: int, again: Again) -> None:
    nursery, proxy = proxied
    trials = CutTrials(nursery, name, proxy=proxy)
    commits = 1 if AT else trials.commits()
    for cut in cuts_to_make(commits, seed=seed, of=name):
        again(AT=str(cut))
        trial = trials.cut(cut)
        assert trial.flaws == []
        assert trial.struck or ALL  # the last commits that were counted may not come again
        tally.count("cuts", trial.struck)
