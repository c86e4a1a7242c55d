"""One more try, where it helps and nobody else makes it."""

from collections.abc import Callable

import pytest

from tearline.contracts import Refusal, Unavailable
from tearline.resilience import NotAsked, Policy, deadline
from tearline.resilience._budget import KEPT, RetryBudget
from tearline.resilience._retrying import Retrying
from tests.tearline.ticking import Ticking

POLICY = Policy(tries=3, first_wait=0.05, longest_wait=0.5)


class Closed(Refusal, says="Closed.", code="tests.till_closed"):
    """An answer."""


class Waits:
    """How long was waited, instead of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def budget(clock: Ticking) -> RetryBudget:
    """Of ten tries."""
    budget = RetryBudget(share=0.1, per_second=1, clock=clock)
    clock.tick(KEPT)
    return budget


def retrying(budget: RetryBudget, waits: Waits, policy: Policy = POLICY) -> Retrying:
    return Retrying(policy, budget, on_retry=lambda: None, sleep=waits)


def ending(*ends: Exception | str) -> Callable[[], str]:
    """A question that ends like this, one after the other."""
    left = list(ends)

    def ask() -> str:
        end = left.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    return ask


def test_what_fails_twice_may_do_at_the_third_try(budget: RetryBudget, waits: Waits) -> None:
    question = ending(Unavailable("one"), Unavailable("two"), "done")
    assert retrying(budget, waits).ask(question) == "done"
    assert len(waits.seconds) == 2


def test_there_are_so_many_tries_and_the_last_error_is_told(budget: RetryBudget, waits: Waits) -> None:
    last = Unavailable("three")
    with pytest.raises(Unavailable) as told:
        retrying(budget, waits).ask(ending(Unavailable("one"), Unavailable("two"), last, "too late"))
    assert told.value is last


@pytest.mark.parametrize(
    "end", [Closed(), NotAsked("till", "circuit open"), NotAsked("till", "connections full"), KeyError("a bug")]
)
def test_what_is_an_answer_or_a_bug_or_was_not_asked_is_not_tried_again(
    budget: RetryBudget, waits: Waits, end: Exception
) -> None:
    with pytest.raises(type(end)):
        retrying(budget, waits).ask(ending(end, "tried again"))


def test_waits_are_drawn_between_nothing_and_twice_as_much_each_time(clock: Ticking, waits: Waits) -> None:
    policy = Policy(tries=7, first_wait=0.05, longest_wait=0.5)
    for _ in range(200):
        lavish = RetryBudget(share=0.1, per_second=1000, clock=clock)
        with pytest.raises(Unavailable):
            retrying(lavish, waits, policy).ask(ending(*[Unavailable("no")] * 7))
    for number, most in enumerate([0.05, 0.1, 0.2, 0.4, 0.5, 0.5]):
        drawn = waits.seconds[number::6]
        assert max(drawn) <= most
        assert max(drawn) > 0.8 * most
        assert min(drawn) < 0.2 * most


def test_who_says_when_to_come_back_is_not_asked_before(budget: RetryBudget, waits: Waits) -> None:
    assert retrying(budget, waits).ask(ending(Unavailable("no", retry_after=0.4), "done")) == "done"
    assert waits.seconds == [0.4]


def test_nobody_is_kept_waiting_for_who_says_much_later(budget: RetryBudget, waits: Waits) -> None:
    with pytest.raises(Unavailable):
        retrying(budget, waits).ask(ending(Unavailable("no", retry_after=5), "done"))
    assert waits.seconds == []


def test_no_wait_goes_beyond_the_deadline(budget: RetryBudget, waits: Waits) -> None:
    with deadline(0.3), pytest.raises(Unavailable):
        retrying(budget, waits).ask(ending(Unavailable("no", retry_after=0.4), "done"))
    assert waits.seconds == []


def test_that_something_may_have_been_done_is_not_forgotten(budget: RetryBudget, waits: Waits) -> None:
    rejected = NotAsked("till", "circuit open", retry_after=20)
    with pytest.raises(Unavailable) as told:
        retrying(budget, waits).ask(ending(Unavailable("the answer was lost"), rejected))
    assert (told.value.detail, told.value.maybe_done, told.value.retry_after) == ("the answer was lost", True, 20)
    assert told.value.__cause__ is rejected


def test_that_nothing_was_done_at_all_is_told(budget: RetryBudget, waits: Waits) -> None:
    refused = [Unavailable("refused", maybe_done=False) for _ in range(3)]
    with pytest.raises(Unavailable) as told:
        retrying(budget, waits).ask(ending(*refused))
    assert not told.value.maybe_done


# The budget


def test_an_outage_costs_a_tenth_more_and_no_more(clock: Ticking, waits: Waits) -> None:
    budget = RetryBudget(share=0.1, per_second=1, clock=clock)
    asked = []

    def dead() -> None:
        asked.append(1)
        raise Unavailable("dead")

    for _ in range(1000):
        budget.earn()
        with pytest.raises(Unavailable):
            retrying(budget, waits).ask(dead)
    assert 1090 < len(asked) <= 1102


def test_who_asks_rarely_may_try_once_a_second(clock: Ticking) -> None:
    budget = RetryBudget(share=0.1, per_second=1, clock=clock)
    assert [budget.spend(), budget.spend()] == [True, False]
    clock.tick(1)
    assert [budget.spend(), budget.spend()] == [True, False]


def test_neither_a_quiet_hour_nor_a_busy_one_saves_up_much(clock: Ticking) -> None:
    budget = RetryBudget(share=0.1, per_second=1, clock=clock)
    clock.tick(3600)
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]
    for _ in range(1000):
        budget.earn()
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]
