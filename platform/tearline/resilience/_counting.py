"""What is counted of the calls on one target, and how its circuit stands."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreakerListener

from tearline.contracts import Refusal, Unavailable
from tearline.observability import target_calls, target_circuit, target_rejections, target_retries
from tearline.resilience._unanswered import NotAsked

STANDS = {STATE_CLOSED: 0, STATE_HALF_OPEN: 1, STATE_OPEN: 2}

logger = logging.getLogger(__name__)


class Counting(CircuitBreakerListener):
    """Of this process alone. Listens to the circuit."""

    def __init__(self, target: str) -> None:
        self._target = target
        target_circuit.labels(target).set(STANDS[STATE_CLOSED])

    @contextlib.contextmanager
    def call(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            target_calls.labels(self._target, self._outcome_of(error)).inc()
            raise
        target_calls.labels(self._target, "done").inc()

    def _outcome_of(self, error: Exception) -> str:
        if isinstance(error, NotAsked):
            target_rejections.labels(self._target, error.because).inc()
            return "not asked"
        if isinstance(error, Refusal):
            return "refused"
        return "unavailable" if isinstance(error, Unavailable) else "failed"

    def asked_again(self) -> None:
        target_retries.labels(self._target).inc()

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:  # noqa: ARG002 - pybreaker calls it so
        target_circuit.labels(self._target).set(STANDS[new_state.name])
        logger.warning("the circuit of %s was %s and is %s", self._target, old_state.name, new_state.name)
