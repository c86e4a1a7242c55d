"""What pybreaker gets wrong and our circuit breaker, which comes from it, does not: each fault is shown to be there.

The numbers are those of the report that found them. Those that its storage in Redis has are not here: state is a
process's own, and that storage is not used. Nor is asyncio, as nothing here is asynchronous.
"""

import threading
from abc import ABC
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pybreaker
import pytest

from tearline.contracts import Unavailable
from tearline.resilience import NotAsked
from tearline.resilience._breaker import Breaker, Outcome
from tests.tearline.breakers import POLICY, Attentive, Clumsy, NotFound, fail, failed, judge, opened, plain
from tests.tearline.ticking import Ticking

# 1, 2: its lock is not held while a call is made


def at_once(breaker: pybreaker.CircuitBreaker, *, wait: float) -> int:
    """How many of two calls were being made at the same moment, waiting so many seconds for each other."""
    both = threading.Barrier(2)

    def meet() -> int:
        with suppress(threading.BrokenBarrierError):
            both.wait(wait)
            return 1
        return 0

    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(lambda _: breaker.call(meet), range(2)))


def test_calls_are_made_at_the_same_time(breaker: Breaker) -> None:
    assert at_once(breaker, wait=10) == 2
    assert at_once(plain(), wait=0.05) == 0


def crossed(one: pybreaker.CircuitBreaker, other: pybreaker.CircuitBreaker, *, wait: float) -> bool:
    """Whether two threads got through that hold one breaker and want the other's."""
    inside = threading.Barrier(2)
    done: list[int] = []

    def through(outer: pybreaker.CircuitBreaker, inner: pybreaker.CircuitBreaker) -> None:
        def call() -> None:
            inside.wait(10)
            inner.call(done.append, 1)

        outer.call(call)

    threads = [
        threading.Thread(target=through, args=pair, daemon=True) for pair in ((one, other), (other, one))
    ]  # those of pybreaker never end
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(wait)
    return len(done) == 2


def test_two_that_call_each_other_do_not_lock_each_other_out(clock: Ticking) -> None:
    one, other = (Breaker(name, POLICY, judge=judge, clock=clock) for name in ("orders", "payments"))
    assert crossed(one, other, wait=10)
    assert not crossed(plain(), plain(), wait=0.1)


# 3: half open, it lets through as many as it says, and what comes late changes nothing


def let_through(breaker: pybreaker.CircuitBreaker) -> int:
    """How many of twenty who come one after the other, before anybody has an answer."""
    come = [breaker.calling() for _ in range(20)]
    through = []
    for each in come:
        with suppress(NotAsked):
            each.__enter__()
            through.append(each)
    for each in through:
        each.__exit__(None, None, None)
    return len(through)


def test_half_open_it_lets_one_through(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(30)
    assert let_through(breaker) == 1
    other = plain()
    other.half_open()
    assert let_through(other) == 20


def test_a_late_failure_does_not_prolong_what_is_open(breaker: Breaker, clock: Ticking) -> None:
    def come_late(breaker: pybreaker.CircuitBreaker) -> Any:
        late = breaker.calling()
        late.__enter__()
        opened(breaker)
        before = breaker._state_storage.opened_at
        clock.tick(29)
        with suppress(Exception):
            late.__exit__(Unavailable, Unavailable("at last"), None)
        return before != breaker._state_storage.opened_at

    come_late(breaker)
    clock.tick(1)
    assert breaker.call(lambda: "asked again in time") == "asked again in time"
    assert come_late(plain())


# 4, 5: there are three outcomes


def test_what_says_nothing_resets_nothing(breaker: Breaker) -> None:
    def die_among_nothings(breaker: pybreaker.CircuitBreaker) -> str:
        for _ in range(5):
            failed(breaker)
            failed(breaker, error=NotFound())
        return breaker.current_state

    assert die_among_nothings(breaker) == "open"
    assert die_among_nothings(plain(exclude=[NotFound])) == "closed"


def test_what_says_nothing_closes_nothing(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(30)
    failed(breaker, 5, NotFound())
    assert breaker.current_state == "half-open"
    other = plain(exclude=[NotFound])
    other.half_open()
    failed(other, 1, NotFound())
    assert other.current_state == "closed"


def test_a_class_of_a_class_of_its_own_is_judged_like_any_other(clock: Ticking) -> None:
    class Strange(Exception, ABC):
        """Its class is not `type`."""

    def strange_is_neutral(error: BaseException) -> Outcome:
        return "neutral" if isinstance(error, Strange) else "failure"

    breaker = Breaker("till", POLICY, judge=strange_is_neutral, clock=clock)
    opened(breaker)
    other = plain(exclude=[Strange])
    failed(other, 10)
    assert other.current_state == "closed"


# 6: who is told to end, ends


@pytest.mark.parametrize("told", [SystemExit(3), KeyboardInterrupt()])
def test_being_told_to_end_counts_for_nothing_and_is_passed_on(breaker: Breaker, told: BaseException) -> None:
    failed(breaker, 4)
    for _ in range(10):
        with pytest.raises(type(told)) as passed_on:
            breaker.call(fail, told)
        assert passed_on.value is told
    assert breaker.current_state == "closed"
    other = plain()
    failed(other, 4)
    with pytest.raises(pybreaker.CircuitBreakerError):
        other.call(fail, told)


# 7: too many are too many, in a row or not


def test_it_opens_when_half_of_twenty_fail(breaker: Breaker) -> None:
    def every_other(breaker: pybreaker.CircuitBreaker) -> int | None:
        for call in range(1, 1000):
            with suppress(Exception):
                breaker.call(fail if call % 2 else lambda _=None: None, None)
            if breaker.current_state == "open":
                return call
        return None

    assert every_other(breaker) == 20
    assert every_other(plain()) is None


# 8: who is rejected hears by whom and for how long; who is not, hears what went wrong


def test_a_rejection_says_who_and_when_to_come_back(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(10)
    with pytest.raises(NotAsked) as rejected:
        breaker.call(lambda: 1)
    assert (rejected.value.target, rejected.value.because) == ("till", "circuit open")
    assert (rejected.value.maybe_done, rejected.value.retry_after) == (False, 20)
    with pytest.raises(pybreaker.CircuitBreakerError) as bare:
        opened(plain(name="the-till")).call(lambda: 1)
    assert "the-till" not in str(bare.value)


def test_the_call_that_opens_it_ends_with_its_own_error(breaker: Breaker) -> None:
    last = Unavailable("the fifth")
    for each, seen in ((breaker, Unavailable), (plain(), pybreaker.CircuitBreakerError)):
        failed(each, 4)
        with pytest.raises(seen) as told:
            each.call(fail, last)
        assert (told.value is last) == (each is breaker)


def test_by_which_clock_the_wall_goes_is_all_the_same(breaker: Breaker, monkeypatch: pytest.MonkeyPatch) -> None:
    class YearsLater(datetime):
        @classmethod
        def now(cls, *_: Any) -> Any:
            return datetime(2100, 1, 1, tzinfo=UTC)

    opened(breaker)
    other = opened(plain())
    with monkeypatch.context() as changed:
        changed.setattr(pybreaker, "datetime", YearsLater)
        with pytest.raises(NotAsked):
            breaker.call(lambda: 1)
        assert other.call(lambda: 1) == 1


# 9, 10: whoever listens


def test_a_listener_that_fails_breaks_nothing(breaker: Breaker) -> None:
    for each in (breaker, plain()):
        each.add_listener(Clumsy())
        failed(each, 4)
        with pytest.raises(Unavailable if each is breaker else RuntimeError):
            each.call(fail)
        assert each.current_state == ("open" if each is breaker else "closed")


def test_a_listener_sees_things_as_they_are(breaker: Breaker, clock: Ticking) -> None:
    for each in (breaker, plain()):
        each.add_listener(listener := Attentive())
        opened(each)
        seen = dict(listener.heard)["closed, open"]
        assert seen == ("open" if each is breaker else "closed")
