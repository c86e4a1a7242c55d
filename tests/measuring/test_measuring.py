"""The numbers are what they are said to be."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from benchmarks import closed_loop, extracting
from benchmarks.closed_loop import Deed, Run, Score
from benchmarks.report import Aim
from tearline.journeys import kept
from tearline.readiness._departures import kept_departures


class Counter:
    """Who is being served right now, and how many were at most."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    @contextmanager
    def client(self) -> Iterator[Deed]:
        yield self.serve

    def serve(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)
        with self.lock:
            self.now -= 1


def test_as_many_are_served_at_once_as_there_are_clients() -> None:
    counter = Counter()
    run = closed_loop.run(counter.client, clients=3, seconds=0.3)
    assert counter.most == 3
    assert run.done > 3
    assert min(run.took) >= 10  # milliseconds


def test_what_is_done_in_the_warm_up_costs_but_does_not_count() -> None:
    run = closed_loop.run(Counter().client, clients=1, seconds=0.2)
    assert len(run.took) < run.done


def test_a_client_that_fails_fails_the_run() -> None:
    with pytest.raises(ZeroDivisionError):
        closed_loop.run(failing_client, clients=2, seconds=0.1)


def test_a_percentile_is_what_so_many_did_not_exceed() -> None:
    run = Run(1.0, [*range(1, 101)])
    assert (run.percentile(0.5), run.percentile(0.99)) == (51, 100)
    assert math.isnan(Run(1.0, []).percentile(0.5))


def test_a_score_is_the_median_of_its_runs() -> None:
    score = Score([Run(1.0, [5.0] * count, done=count, cpu=cost) for count, cost in ((10, 1.0), (90, 1.8), (20, 1.0))])
    assert score.rate == 20
    assert score.cost == 50.0  # milliseconds: 1 s for 20


@pytest.mark.parametrize(("value", "at_most", "met"), [(3, False, True), (1, False, False), (1, True, True)])
def test_an_aim_is_met_on_the_right_side_of_its_bar(value: float, at_most: bool, met: bool) -> None:
    aim = Aim("what", value, bar=2, at_most=at_most)
    assert aim.met == met
    assert str(aim).endswith("met" if met else "MISSED")


def test_every_journey_that_readiness_forecasts_is_measured_when_a_module_leaves() -> None:
    assert [journey.name for journey in kept(settings.TEARLINE_JOURNEYS)] == [*extracting.JOURNEYS]


def test_what_is_kept_of_each_module_that_left_tells_of_every_journey() -> None:
    departures = kept_departures(settings.TEARLINE_DEPARTURES)
    told = {tuple(departure.journeys) for departure in departures.values()}
    assert told == {tuple(extracting.JOURNEYS)}


@contextmanager
def failing_client() -> Iterator[Deed]:
    def fail() -> None:
        raise ZeroDivisionError

    yield fail
