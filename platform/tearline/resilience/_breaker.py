"""pybreaker's circuit breaker, with what a call on another process needs of one.

Its lock is held while a call is admitted and while its outcome is written down, never during the call. Everything that
changes bears a generation: what comes of a call that was admitted in an older one changes nothing any more.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreaker, CircuitMemoryStorage

from tearline.resilience._policy import Policy
from tearline.resilience._unanswered import NotAsked
from tearline.resilience._window import Window

R = TypeVar("R")

Outcome = Literal["success", "failure", "neutral"]
"""Neutral says nothing about how the target is doing."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Admission:
    generation: int
    at: float


class Breaker(CircuitBreaker):
    """Opens after failures in a row, or when too many of the last calls failed or were slow.

    `judge` says of an error what it means; it stands in for pybreaker's exclusions. State is this process's own.
    """

    def __init__(
        self,
        name: str,
        policy: Policy,
        *,
        judge: Callable[[BaseException], Outcome],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            fail_max=policy.failures,
            reset_timeout=policy.open_for,
            success_threshold=policy.successes,
            state_storage=CircuitMemoryStorage(STATE_CLOSED),
            name=name,
        )
        self._target, self._policy, self._judge, self._clock = name, policy, judge, clock
        self._window = Window(policy.window)
        self._generation = 0
        self._since = clock()
        self._probing = 0
        self._changes: deque[tuple[Any, Any]] = deque()
        self._telling = threading.Lock()

    def call(self, func: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Raises NotAsked when the circuit is open, else whatever the function raises, untouched."""
        with self.calling():
            self._tell("before_call", func, *args, **kwargs)
            return func(*args, **kwargs)

    @contextlib.contextmanager
    def calling(self) -> Iterator[None]:
        """The same for a block of code."""
        admission = self._admit()
        try:
            yield
        except BaseException as error:
            self._settle(admission, self._outcome_of(error), error)
            raise
        self._settle(admission, "success", None)

    def refuse_if_open(self) -> None:
        """A look ahead, so that whoever would be rejected takes no place before. Raises NotAsked."""
        if self.current_state == STATE_OPEN:
            left = self._since + self._policy.open_for - self._clock()
            if left > 0:
                raise NotAsked(self._target, "circuit open", retry_after=left)

    state = property(lambda self: self._state)
    """As it is. Who looks changes nothing; pybreaker's own tells listeners of what it finds changed."""

    def open(self) -> bool:
        """For `open_for` seconds nobody is asked. Whoever's call has led to it gets the error of the call."""
        self._become(STATE_OPEN)
        return False

    def half_open(self) -> None:
        """Some calls are let through."""
        self._become(STATE_HALF_OPEN)

    def close(self) -> None:
        """All calls are let through, and what was counted is forgotten."""
        self._become(STATE_CLOSED)

    def _outcome_of(self, error: BaseException) -> Outcome:
        """A thread or process that is told to end says nothing about the target."""
        return self._judge(error) if isinstance(error, Exception) else "neutral"

    def _admit(self) -> _Admission:
        with self._lock:
            now = self._clock()
            if self.current_state == STATE_CLOSED:
                return _Admission(self._generation, now)
            left = self._since + self._policy.open_for - now
            full = self._probing >= self._policy.probes
            if left <= 0 and (full or self.current_state == STATE_OPEN):
                self._change(STATE_HALF_OPEN)  # again, when those that were let through do not come back
            elif full or self.current_state == STATE_OPEN:
                raise NotAsked(self._target, "circuit open", retry_after=self._wait(left))
            self._probing += 1
            admission = _Admission(self._generation, now)
        self._tell_changes()
        return admission

    def _wait(self, left: float) -> float:
        """Until asking is of use: when the circuit half opens, or has had the time to find out."""
        return left if self.current_state == STATE_OPEN else min(self._policy.attempt, self._policy.open_for)

    def _settle(self, admission: _Admission, outcome: Outcome, error: BaseException | None) -> None:
        with self._lock:
            if admission.generation == self._generation:
                self._write_down(admission, outcome)
        self._tell_changes()
        if outcome == "failure":
            self._tell("failure", error)
        elif outcome == "success":
            self._tell("success")

    def _write_down(self, admission: _Admission, outcome: Outcome) -> None:
        if self.current_state == STATE_HALF_OPEN:
            self._probing -= 1
            self._write_down_probe(outcome)
        elif outcome != "neutral":
            self._count(outcome, took=self._clock() - admission.at)

    def _write_down_probe(self, outcome: Outcome) -> None:
        if outcome == "failure":
            self._change(STATE_OPEN)
        elif outcome == "success":
            self._state_storage.increment_success_counter()
            if self.success_counter >= self.success_threshold:
                self._change(STATE_CLOSED)

    def _count(self, outcome: Outcome, *, took: float) -> None:
        failed = outcome == "failure"
        if failed:
            self._state_storage.increment_counter()
        else:
            self._state_storage.reset_counter()
        self._window.add(bad=failed or took > self._policy.slow, now=self._clock())
        if self.fail_counter >= self.fail_max or self._fails_too_often():
            self._change(STATE_OPEN)

    def _fails_too_often(self) -> bool:
        calls = self._window.calls
        return calls >= self._policy.least_calls and self._window.bad >= calls * self._policy.failure_rate

    def _become(self, name: str) -> None:
        with self._lock:
            self._change(name)
        self._tell_changes()

    def _change(self, name: str) -> None:
        """To the state of this name, anew if it is the same. Holding the lock; listeners hear of it without."""
        before = self._state
        self._state_storage.state = name
        self._state = self._create_new_state(name, prev_state=before)
        self._state_storage.reset_counter()
        self._state_storage.reset_success_counter()
        self._window.clear()
        self._generation += 1
        self._since, self._probing = self._clock(), 0
        self._changes.append((before, self._state))

    def _tell_changes(self) -> None:
        """In their order. Whoever is telling already tells what has come meanwhile: nobody waits."""
        while self._changes and self._telling.acquire(blocking=False):
            try:
                while self._changes:
                    self._tell("state_change", *self._changes.popleft())
            finally:
                self._telling.release()

    def _tell(self, what: str, *told: Any, **named: Any) -> None:
        """A listener that fails is its own trouble."""
        for listener in self._listeners:
            try:
                getattr(listener, what)(self, *told, **named)
            except Exception:
                logger.exception("a listener of the circuit of %s failed, and the circuit goes on", self._target)
