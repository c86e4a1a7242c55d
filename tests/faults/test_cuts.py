"""Whoever does not hear what became of a COMMIT finds out: nothing is lost, nothing is done twice, nothing is stuck.

On PostgreSQL the connection of an order's process is cut at a commit: before the server hears of it, after it has done
it and before the answer arrives, in the middle of the answer; or the answer is late. On SQLite the disk fails at a
commit, which is done or not. `make prove` makes each of these happen to every scenario, at one commit that the seed
chooses; `make prove-all` at every commit.
"""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.cuts import Cut, CutTrials, OnAFailingDisk, ThroughAProxy, cut_all
from tests.faults.nursery import Nursery, opened
from tests.faults.scenarios import SCENARIOS
from tests.network.postgresql_talk import before_postgresql
from tests.network.proxy import Proxy

pytestmark = pytest.mark.usefixtures("db")

Proxied = tuple[Nursery, Proxy]


@pytest.fixture(scope="module")
def proxied(witnessed: None) -> Iterator[Proxied]:
    """Starts processes whose databases are behind a proxy."""
    with before_postgresql(os.environ["DATABASE_URL"]) as (proxy, url), opened(DATABASE_URL=url) as nursery:
        yield nursery, proxy


@pytest.fixture
def trials_of(engine: str, request: pytest.FixtureRequest) -> Callable[[str], CutTrials]:
    """The trials of a scenario."""

    def trials(name: str) -> CutTrials:
        if engine == "sqlite":
            return OnAFailingDisk(request.getfixturevalue("nursery"), name)
        nursery, proxy = request.getfixturevalue("proxied")
        return ThroughAProxy(nursery, name, proxy=proxy)

    return trials


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.timeout(3600)
def test_an_order_survives_a_cut_at_a_commit(
    trials_of: Callable[[str], CutTrials], name: str, seed: int, again: Again
) -> None:
    cuts = cut_all(trials_of(name), seed=seed, again=again)
    assert cuts, f"{name} does not commit any more"


# It bites


@pytest.mark.postgres_only
@pytest.mark.parametrize(
    ("bug", "writes", "noticed"),
    [
        ("take_a_lost_answer_for_a_failure", ["UPDATE tearline_inbox SET", "finished_at ="], "2 times"),
        ("forget_keys", ['INSERT INTO "orders_order"'], "one request has become"),
    ],
)
def test_a_planted_bug_is_noticed_when_an_answer_is_lost(
    proxied: Proxied, bug: str, writes: list[str], noticed: str
) -> None:
    nursery, proxy = proxied
    tally.count("planted")
    trial = ThroughAProxy(nursery, "happy", planted=[bug], proxy=proxy, among=writes).cut(Cut("unanswered", 1))
    assert any(noticed in flaw for flaw in trial.flaws), trial
    tally.count("noticed")
