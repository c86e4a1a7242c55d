"""One more try, where it helps and nobody else makes it: tenacity with a budget."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import tenacity

from tearline.contracts import Unavailable
from tearline.resilience._budget import RetryBudget
from tearline.resilience._deadlines import RESERVE, remaining
from tearline.resilience._policy import Policy
from tearline.resilience._unanswered import NotAsked, TurnedAway

R = TypeVar("R")


class Retrying:
    """Asks again while there is no answer, as far as tries, budget and deadline reach. For what may be asked twice."""

    def __init__(
        self,
        policy: Policy,
        budget: RetryBudget,
        *,
        on_retry: Callable[[], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._policy, self._budget = policy, budget
        self._tries = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_help),
            wait=self._wait,
            stop=self._must_stop,
            before_sleep=lambda _: on_retry(),
            sleep=sleep,
            reraise=True,
        )

    def ask(self, question: Callable[[], R]) -> R:
        """Raises the error of the last try. If an earlier one may have done something, that is not forgotten."""
        unknown: list[Unavailable] = []

        def ask_once() -> R:
            try:
                return question()
            except Unavailable as error:
                if error.maybe_done:
                    unknown.append(error)
                raise

        try:
            return self._tries(ask_once)
        except Unavailable as last:
            if last.maybe_done or not unknown:
                raise
            raise Unavailable(unknown[-1].detail, retry_after=last.retry_after) from last

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds: full jitter, and not before the target wants to be asked again."""
        policy = self._policy
        longest = min(policy.first_wait * 2.0 ** (state.attempt_number - 1), policy.longest_wait)
        return max(random.uniform(0, longest), _wanted(state))  # noqa: S311 - spreads load, hides nothing

    def _must_stop(self, state: tenacity.RetryCallState) -> bool:
        """Asked after the wait is chosen: one that is too long for whoever waits here, or for the deadline, is none."""
        left = remaining()
        return (
            state.attempt_number >= self._policy.tries
            or _wanted(state) > self._policy.longest_wait
            or (left is not None and left - state.upcoming_sleep < RESERVE)
            or not self._budget.spend()
        )


def _may_help(error: BaseException) -> bool:
    return isinstance(error, Unavailable) and not isinstance(error, NotAsked | TurnedAway)


def _wanted(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return (error.retry_after or 0.0) if isinstance(error, Unavailable) else 0.0
