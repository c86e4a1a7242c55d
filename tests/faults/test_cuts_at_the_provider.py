"""Whoever does not hear whether money has moved asks again under the same key, and it moves once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from tests.faults import tally
from tests.faults.conftest import Again
from tests.faults.cuts import Cut, ThroughAProxy, cut_all
from tests.faults.far_provider import answering
from tests.faults.nursery import Nursery, opened
from tests.network.http_talk import HTTP
from tests.network.proxy import Proxy, at

pytestmark = pytest.mark.usefixtures("db")

Far = tuple[Nursery, Proxy]


@pytest.fixture(scope="module")
def far(witnessed: None) -> Iterator[Far]:
    """Starts processes whose provider is behind a proxy."""
    with answering() as port, Proxy(at(port), HTTP) as proxy, _through(proxy) as nursery:
        yield nursery, proxy


def _through(proxy: Proxy) -> AbstractContextManager[Nursery]:
    url = f"http://127.0.0.1:{proxy.port}"
    return opened(FAR_PROVIDER=url, DJANGO_SETTINGS_MODULE="tests.faults.far_settings")


@pytest.mark.parametrize("name", ["happy", "declined", "confirmation refused"])
@pytest.mark.timeout(600)
def test_an_order_survives_a_provider_whose_answers_get_lost(far: Far, name: str, seed: int, again: Again) -> None:
    nursery, proxy = far
    cuts = cut_all(ThroughAProxy(nursery, name, proxy=proxy), seed=seed, again=again)
    assert cuts, f"{name} does not ask the provider any more"


def test_a_provider_that_cannot_tell_a_repeat_is_noticed(far: Far) -> None:
    nursery, proxy = far
    tally.count("planted")
    trials = ThroughAProxy(nursery, "happy", planted=["charge_under_a_fresh_key"], proxy=proxy, among=["POST /capture"])
    trial = trials.cut(Cut("unanswered", 1))
    assert any("our books say that 0 is kept" in flaw for flaw in trial.flaws), trial
    tally.count("noticed")
