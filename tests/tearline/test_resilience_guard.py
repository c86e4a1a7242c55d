"""All that stands between a call and its target, together and in its order."""

import pickle
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from tearline.contracts import KeyInFlight, Refusal, Unavailable
from tearline.resilience import CutShort, Guard, NotAsked, Policy, deadline, remaining, tried_again_later
from tests.tearline.observed import grown, scraped

POLICY = Policy(tries=3, first_wait=0.001, longest_wait=0.002, patience=0.001, open_for=60)

pytestmark = pytest.mark.usefixtures("db")  # the metrics page tells of databases, too


class Closed(Refusal, says="Closed.", code="tests.shop_closed"):
    """An answer."""


def guard(policy: Policy = POLICY, *, isolated: bool = False) -> Guard:
    return Guard("till", policy, is_isolated=lambda _: isolated)


class Target:
    """Fails with the error that it is given, and counts."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error, self.asked = error, 0

    def __call__(self) -> int:
        self.asked += 1
        if self.error:
            raise self.error
        return self.asked


@pytest.fixture
def counted() -> Callable[[str], dict[tuple[str, ...], float]]:
    """By how much a metric of targets has grown since the test began."""
    before = scraped()
    return lambda name: grown(before, scraped(), f"tearline_target_{name}")


Counted = Callable[[str], dict[tuple[str, ...], float]]


def test_an_answer_passes(counted: Counted) -> None:
    assert guard().call(Target(), idempotent=False) == 1
    assert counted("calls_total") == {("done", "till"): 1}


def test_a_refusal_passes_and_is_a_sign_of_good_health(counted: Counted) -> None:
    till = guard()
    for error in [Unavailable("no")] * 4 + [Closed()] + [Unavailable("no")] * 4:
        with pytest.raises(type(error)):
            till.call(Target(error), idempotent=False)
    assert till.breaker.current_state == "closed"
    assert counted("calls_total") == {("refused", "till"): 1, ("unavailable", "till"): 8}


def test_what_may_be_asked_twice_is(counted: Counted) -> None:
    target = Target(Unavailable("no"))
    with pytest.raises(Unavailable):
        guard().call(target, idempotent=True)
    assert target.asked == 2  # and no third time, as the budget allows one a second
    assert counted("retries_total") == {("till",): 1}


def test_what_may_not_be_asked_twice_is_asked_once() -> None:
    target = Target(Unavailable("no"))
    with pytest.raises(Unavailable):
        guard().call(target, idempotent=False)
    assert target.asked == 1


def test_what_somebody_else_tries_again_is_asked_once() -> None:
    target = Target(Unavailable("no"))
    with tried_again_later(), pytest.raises(Unavailable):
        guard().call(target, idempotent=True)
    assert target.asked == 1


def test_a_dead_target_is_asked_five_times_and_then_left_alone(counted: Counted) -> None:
    till, target = guard(), Target(Unavailable("dead"))
    for _ in range(40):
        with pytest.raises(Unavailable) as told:
            till.call(target, idempotent=False)
    assert target.asked == 5
    assert isinstance(told.value, NotAsked)
    assert 59 < (told.value.retry_after or 0) <= 60
    assert counted("rejections_total") == {("circuit open", "till"): 35}
    assert counted("circuit") == {("till",): 2}


def test_calls_earn_tries() -> None:
    till, dead = guard(), Target(Unavailable("no"))
    for _ in range(2):
        with pytest.raises(Unavailable):
            till.call(dead, idempotent=True)
    assert dead.asked == 3  # the second one had no try left
    for _ in range(10):
        till.call(Target(), idempotent=False)
    with pytest.raises(Unavailable):
        till.call(dead, idempotent=True)
    assert dead.asked == 5


def test_a_circuit_is_tried_after_a_while() -> None:
    till = guard(replace(POLICY, open_for=0.01))
    till.breaker.open()
    threading.Event().wait(0.02)
    assert till.call(Target(), idempotent=False) == 1


def test_each_try_counts_for_the_circuit() -> None:
    till, target = guard(replace(POLICY, failures=2)), Target(Unavailable("dead"))
    for _ in range(2):
        with suppress(Unavailable):
            till.call(target, idempotent=True)
    assert target.asked == 2


@pytest.mark.parametrize("error", [KeyInFlight("somebody is at it"), NotAsked("further on", "circuit open")])
def test_what_says_nothing_about_the_target_does_not_open_its_circuit(error: Unavailable) -> None:
    till = guard()
    for _ in range(10):
        with pytest.raises(type(error)):
            till.call(Target(error), idempotent=False)
    assert till.breaker.current_state == "closed"


def test_a_bug_is_told_as_it_is_and_counts(counted: Counted) -> None:
    till = guard()
    for _ in range(5):
        with pytest.raises(KeyError):
            till.call(Target(KeyError("a bug")), idempotent=True)
    assert till.breaker.current_state == "open"
    assert counted("calls_total") == {("failed", "till"): 5}


def test_what_the_network_says_is_unavailable_and_leaves_open_what_was_done() -> None:
    with pytest.raises(Unavailable) as told:
        guard().call(Target(ConnectionResetError("by peer")), idempotent=False)
    assert told.value.maybe_done
    assert isinstance(told.value.__cause__, ConnectionResetError)
    with pytest.raises(Unavailable, match="gaierror"):
        guard().call(Target(socket.gaierror()), idempotent=False)


# Isolation and time


def test_who_is_isolated_is_not_asked(counted: Counted) -> None:
    target = Target()
    with pytest.raises(NotAsked) as told:
        guard(isolated=True).call(target, idempotent=True)
    assert (told.value.because, told.value.maybe_done, target.asked) == ("isolated", False, 0)
    assert counted("rejections_total") == {("isolated", "till"): 1}


def test_with_less_than_the_reserve_left_nobody_is_asked() -> None:
    target = Target()
    with deadline(0.005), pytest.raises(NotAsked) as told:
        guard().call(target, idempotent=True)
    assert (told.value.because, target.asked) == ("deadline passed", 0)


def test_an_attempt_has_its_own_time_and_the_callers_at_most() -> None:
    till = guard(replace(POLICY, attempt=3, total=10))
    assert 2 < (till.call(remaining, idempotent=False) or 0) <= 3
    with deadline(1):
        assert (till.call(remaining, idempotent=False) or 0) <= 1


def test_all_tries_share_the_time_in_total() -> None:
    left: list[float] = []

    def take_some() -> None:
        left.append(remaining() or 0)
        threading.Event().wait(0.02)
        raise Unavailable("no")

    with pytest.raises(Unavailable):
        guard(replace(POLICY, attempt=5, total=5)).call(take_some, idempotent=True)
    first, second = left
    assert second <= first - 0.02


@pytest.mark.parametrize("error", [Unavailable("the deadline has passed"), TimeoutError()])
def test_who_is_given_less_time_than_it_has_a_right_to_has_not_failed(error: Exception) -> None:
    def drip() -> None:
        threading.Event().wait((remaining() or 0) - 0.001)
        raise error

    till = guard()
    for _ in range(5):
        with deadline(0.1), pytest.raises(CutShort) as told:
            till.call(drip, idempotent=False)
    assert told.value.maybe_done
    assert till.breaker.current_state == "closed"


def test_what_was_not_asked_further_on_stays_so_however_late_it_is() -> None:
    def wait_for_a_place() -> None:
        threading.Event().wait(remaining())
        raise NotAsked("further on", "callers full")

    with deadline(0.2), pytest.raises(NotAsked, match="further on"):
        guard().call(wait_for_a_place, idempotent=False)


def test_who_takes_all_the_time_that_it_has_a_right_to_has_failed() -> None:
    def drip() -> None:
        threading.Event().wait(remaining())
        raise Unavailable("the deadline has passed")

    till = guard(replace(POLICY, attempt=0.01, slow=0.01))
    for _ in range(5):
        with deadline(5), pytest.raises(Unavailable):
            till.call(drip, idempotent=False)
    assert till.breaker.current_state == "open"


# Threads


def at_once(till: Guard, threads: int) -> list[str]:
    """What became of so many calls, each of which lasts until all others have ended or are at it too."""
    settled = threading.Semaphore(0)
    over = threading.Event()

    def take_long() -> str:
        settled.release()
        assert over.wait(10)
        return "done"

    def call() -> str:
        try:
            return till.call(take_long, idempotent=True)
        except NotAsked as rejected:
            settled.release()
            return rejected.because

    with ThreadPoolExecutor(threads) as pool:
        calls = [pool.submit(call) for _ in range(threads)]
        for _ in calls:
            assert settled.acquire(timeout=10)
        over.set()
        return sorted(call.result() for call in calls)


def test_so_many_threads_are_tied_up_and_the_others_turn_away() -> None:
    assert at_once(guard(replace(POLICY, callers=3, connections=3)), 5) == ["callers full"] * 2 + ["done"] * 3


def test_whoever_would_be_rejected_anyway_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    till = guard()
    till.breaker.open()
    monkeypatch.setattr(till, "_callers", None)
    with pytest.raises(NotAsked, match="circuit open"):
        till.call(Target(), idempotent=True)


def test_so_many_are_asking_and_the_others_do_not_harm_the_circuit() -> None:
    till = guard(replace(POLICY, callers=9, connections=2))
    assert at_once(till, 9) == ["connections full"] * 7 + ["done"] * 2
    assert till.breaker.current_state == "closed"


# Errors


def test_a_rejection_crosses_into_another_process() -> None:
    rejected = NotAsked("till", "callers full", retry_after=2)
    again = pickle.loads(pickle.dumps(rejected))
    assert (again.target, again.because, again.retry_after, str(again)) == ("till", "callers full", 2, str(rejected))
    assert str(rejected) == "till was not asked: callers full"


def test_being_told_to_end_is_passed_on() -> None:
    told = SystemExit(3)
    till = guard()
    for _ in range(10):
        with pytest.raises(SystemExit) as passed_on:
            till.call(Target(told), idempotent=True)
        assert passed_on.value is told
    assert till.breaker.current_state == "closed"
