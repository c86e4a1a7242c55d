"""When a circuit opens, and how it closes again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from tearline.resilience import NotAsked
from tearline.resilience._breaker import Breaker
from tests.tearline.breakers import Attentive, fail, failed, opened
from tests.tearline.ticking import Ticking


def test_it_opens_on_failures_in_a_row_and_closes_on_two_successes(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(29)
    with pytest.raises(NotAsked):
        breaker.call(lambda: 1)
    clock.tick(1)
    assert breaker.call(lambda: 1) == 1
    assert breaker.current_state == "half-open"
    assert breaker.call(lambda: 2) == 2
    assert breaker.current_state == "closed"


def test_a_success_ends_the_row(breaker: Breaker) -> None:
    for _ in range(3):
        failed(breaker, 4)
        breaker.call(lambda: None)
    assert breaker.current_state == "closed"


def test_a_probe_that_fails_opens_it_for_as_long_again(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(30)
    failed(breaker)
    clock.tick(29)
    with pytest.raises(NotAsked) as rejected:
        breaker.call(lambda: 1)
    assert rejected.value.retry_after == 1


def test_slow_probes_of_one_who_asks_rarely_close_it_all_the_same(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    for _ in range(2):
        clock.tick(100)
        breaker.call(lambda: None)
    assert breaker.current_state == "closed"


def test_probes_that_never_come_back_do_not_keep_it_half_open_for_ever(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(30)
    lost = breaker.calling()
    lost.__enter__()
    with pytest.raises(NotAsked):
        breaker.call(lambda: 1)
    clock.tick(30)
    assert breaker.call(lambda: 1) == 1


def test_a_late_success_does_not_close_it(breaker: Breaker, clock: Ticking) -> None:
    late = [breaker.calling() for _ in range(3)]
    for each in late:
        each.__enter__()
    opened(breaker)
    clock.tick(30)
    probe = breaker.calling()
    probe.__enter__()
    for each in late:
        each.__exit__(None, None, None)
    assert breaker.current_state == "half-open"


def test_a_probe_that_is_told_to_end_makes_way_for_another(breaker: Breaker, clock: Ticking) -> None:
    opened(breaker)
    clock.tick(30)
    with pytest.raises(SystemExit):
        breaker.call(fail, SystemExit())
    assert breaker.call(lambda: 1) == 1


# Too many are too many, in a row or not


def test_it_opens_when_half_of_twenty_fail(breaker: Breaker) -> None:
    for call in range(20):
        assert breaker.current_state == "closed"
        with suppress(Exception):
            breaker.call(fail if call % 2 else str, None)
    assert breaker.current_state == "open"


def test_slow_successes_are_failures_of_a_kind(breaker: Breaker, clock: Ticking) -> None:
    for _ in range(10):
        breaker.call(lambda: None)
        breaker.call(clock.tick, 1.1)
    assert breaker.current_state == "open"


def test_what_was_long_ago_is_forgotten(breaker: Breaker, clock: Ticking) -> None:
    for _ in range(19):
        breaker.call(clock.tick, 1.1)
    clock.tick(31)
    breaker.call(clock.tick, 1.1)
    for _ in range(20):
        breaker.call(lambda: None)
    assert breaker.current_state == "closed"


def test_what_opened_it_is_forgotten_when_it_closes(breaker: Breaker, clock: Ticking) -> None:
    for _ in range(20):
        with suppress(NotAsked):
            breaker.call(clock.tick, 1.1)
    breaker.close()
    failed(breaker)
    assert breaker.current_state == "closed"


def test_fewer_than_half_are_borne(breaker: Breaker) -> None:
    for _ in range(100):
        failed(breaker)
        breaker.call(lambda: None)
        breaker.call(lambda: None)
    assert breaker.current_state == "closed"


# Whoever listens


def test_a_listener_hears_everything_in_its_order(breaker: Breaker, clock: Ticking) -> None:
    breaker.add_listener(listener := Attentive())
    opened(breaker)
    clock.tick(30)
    breaker.call(lambda: None)
    breaker.call(lambda: None)
    assert listener.heard[-8:] == [
        ("closed, open", "open"),
        ("no answer", "open"),
        ("open, half-open", "half-open"),
        ("called", "half-open"),
        ("done", "half-open"),
        ("called", "half-open"),
        ("half-open, closed", "closed"),
        ("done", "closed"),
    ]


def test_a_listener_may_change_the_state_itself(breaker: Breaker) -> None:
    class Stubborn(Attentive):
        def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
            super().state_change(cb, old_state, new_state)
            if new_state.name == "open":
                cb.close()

    breaker.add_listener(listener := Stubborn())
    failed(breaker, 5)
    assert [told for told, _ in listener.heard if "," in told] == ["closed, open", "open, closed"]
    assert breaker.state.name == breaker.current_state == "closed"


def test_nobody_waits_for_a_listener_that_takes_its_time(breaker: Breaker) -> None:
    told, go_on = threading.Event(), threading.Event()

    class Slow(Attentive):
        def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
            super().state_change(cb, old_state, new_state)
            told.set()
            assert go_on.wait(10)

    breaker.add_listener(Slow())
    with ThreadPoolExecutor(1) as other:
        opening = other.submit(breaker.open)
        assert told.wait(10)
        breaker.close()
        assert breaker.call(lambda: 1) == 1
        go_on.set()
        opening.result(10)
