"""What stands between us and whatever may not answer: one policy for each target outside of this process.

    provider = outside("payments.provider", Provider, setting="PAYMENT_PROVIDER", idempotent=True)

    with deadline(2.0):                                     # seconds; it travels along, and only shrinks
        policy_for("payments").call(ask, idempotent=True)   # Refusal and answer pass; Unavailable, or NotAsked at once

`TEARLINE_POLICIES` in the settings grants each target time, threads, tries and failures, and no process starts without.
`_guard` says in which order they apply. `http` is for those who ask over HTTP: there a deadline holds for whole
exchanges. `manage.py circuits` takes a target out of service and back.
"""

from tearline.resilience._deadlines import (
    DEADLINE_MS,
    deadline,
    is_too_late,
    remaining,
    remaining_ms,
    seconds_told,
)
from tearline.resilience._declared import needs_policy, not_asked, outside, policy_for
from tearline.resilience._guard import Guard
from tearline.resilience._policy import Policy
from tearline.resilience._trying_again import tried_again_later
from tearline.resilience._unanswered import CutShort, NotAsked, TimedOut, TooLarge, TurnedAway

__all__ = [
    "DEADLINE_MS",
    "CutShort",
    "Guard",
    "NotAsked",
    "Policy",
    "TimedOut",
    "TooLarge",
    "TurnedAway",
    "deadline",
    "is_too_late",
    "needs_policy",
    "not_asked",
    "outside",
    "policy_for",
    "remaining",
    "remaining_ms",
    "seconds_told",
    "tried_again_later",
]
