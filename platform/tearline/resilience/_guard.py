"""All that stands between a call and its target, outermost first.

isolated?          an operator has taken the target out
deadline           all that follows must fit into it
callers            so many threads may be tied up here
retry              what may be asked twice, unless somebody else tries again
circuit            nobody is asked who does not answer anyway
connections        so many may be asking
attempt            the time for one try, as a deadline of its own: whoever reads from a network keeps to it
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tearline.contracts import KeyInFlight, Refusal, Unavailable
from tearline.resilience._breaker import Breaker, Outcome
from tearline.resilience._budget import RetryBudget
from tearline.resilience._bulkhead import Bulkhead
from tearline.resilience._counting import Counting
from tearline.resilience._deadlines import deadline, is_too_late, remaining
from tearline.resilience._policy import Policy
from tearline.resilience._retrying import Retrying
from tearline.resilience._trying_again import is_tried_again_later
from tearline.resilience._unanswered import CutShort, NotAsked, TurnedAway

R = TypeVar("R")


class Guard:
    """Makes the calls on one target as its policy says. For any number of threads."""

    def __init__(self, name: str, policy: Policy, *, is_isolated: Callable[[str], bool]) -> None:
        self.name, self.policy = name, policy
        self.breaker = Breaker(name, policy, judge=_judged)
        self._counting = Counting(name)
        self.breaker.add_listener(self._counting)
        self._is_isolated = is_isolated
        self._budget = RetryBudget(share=policy.retry_share, per_second=1.0)
        self._retrying = Retrying(policy, self._budget, on_retry=self._counting.asked_again)
        self._callers = Bulkhead(name, policy.callers, full="callers full")
        self._connections = Bulkhead(name, policy.connections, full="connections full")

    def call(self, question: Callable[[], R], *, idempotent: bool) -> R:
        """Its answer, or its Refusal raised. Raises Unavailable when there is no answer, NotAsked when none was sought.

        `idempotent`: whether asking twice does no more than asking once.
        """
        with self._counting.call():
            return self._call(question, idempotent=idempotent)

    @property
    def stands(self) -> str:
        """Whether the target is asked: "isolated", or how its circuit stands, as pybreaker calls it."""
        return "isolated" if self._is_isolated(self.name) else self.breaker.current_state

    def _call(self, question: Callable[[], R], *, idempotent: bool) -> R:
        if self._is_isolated(self.name):
            raise NotAsked(self.name, "isolated", retry_after=self.policy.open_for)
        self.breaker.refuse_if_open()
        with deadline(self.policy.total), self._callers.place(patience=self.policy.patience):
            self._budget.earn()
            if idempotent and not is_tried_again_later():
                return self._retrying.ask(partial(self._try, question))
            return self._try(question)

    def _try(self, question: Callable[[], R]) -> R:
        if is_too_late():
            raise NotAsked(self.name, "deadline passed")
        return self.breaker.call(lambda: self._attempt(question))

    def _attempt(self, question: Callable[[], R]) -> R:
        left = remaining()
        is_short = left is not None and left < self.policy.attempt
        with self._connections.place(patience=self.policy.patience), deadline(self.policy.attempt):
            try:
                return question()
            except OSError as error:
                kind = CutShort if is_short and is_too_late() else Unavailable
                raise kind(str(error) or repr(error)) from error
            except Unavailable as error:
                if is_short and is_too_late() and not isinstance(error, NotAsked):
                    raise CutShort(error.detail, maybe_done=error.maybe_done, retry_after=error.retry_after) from error
                raise


def _judged(error: BaseException) -> Outcome:
    """What an error says about how the target is doing. A refusal is an answer, and given in good health."""
    if isinstance(error, Refusal):
        return "success"
    return "neutral" if isinstance(error, NotAsked | TurnedAway | CutShort | KeyInFlight) else "failure"
