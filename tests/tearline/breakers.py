"""Circuit breakers to wear out: ours, pybreaker's own set up alike as far as that goes, and whoever listens to them."""

from contextlib import suppress
from typing import Any

import pybreaker

from tearline.contracts import Unavailable
from tearline.resilience import Policy
from tearline.resilience._breaker import Breaker, Outcome
from tests.tearline.ticking import Ticking

POLICY = Policy(
    failures=5, failure_rate=0.5, least_calls=20, window=30, slow=1, open_for=30, probes=1, successes=2, attempt=3
)


class NotFound(Exception):
    """Says nothing about how whoever was asked is doing."""


def judge(error: BaseException) -> Outcome:
    return "neutral" if isinstance(error, NotFound) else "failure"


def ours(clock: Ticking) -> Breaker:
    return Breaker("till", POLICY, judge=judge, clock=clock)


def plain(**given: Any) -> pybreaker.CircuitBreaker:
    return pybreaker.CircuitBreaker(**{"fail_max": 5, "reset_timeout": 30, **given})


def fail(error: BaseException | None = None) -> None:
    raise error or Unavailable("no answer")


def failed(breaker: pybreaker.CircuitBreaker, times: int = 1, error: BaseException | None = None) -> None:
    """After so many calls that went wrong."""
    for _ in range(times):
        with suppress(Exception):
            breaker.call(fail, error)


def opened(breaker: pybreaker.CircuitBreaker) -> pybreaker.CircuitBreaker:
    failed(breaker, 5)
    assert breaker.current_state == "open"
    return breaker


class Attentive(pybreaker.CircuitBreakerListener):
    """Notes what it is told, and how things stand then."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def before_call(self, cb: Any, *_: Any, **__: Any) -> None:
        self.heard.append(("called", cb.current_state))

    def failure(self, cb: Any, exc: BaseException) -> None:
        self.heard.append((str(exc), cb.current_state))

    def success(self, cb: Any) -> None:
        self.heard.append(("done", cb.current_state))

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        self.heard.append((f"{old_state.name}, {new_state.name}", cb.current_state))


class Clumsy(Attentive):
    """Drops what it notes of changes."""

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        raise RuntimeError(f"dropped {old_state.name}, {new_state.name} of {cb.name}")
