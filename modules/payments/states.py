"""Which states there are, and which may follow which."""

from collections.abc import Sequence
from typing import Literal

from django.db.models import TextChoices

from tearline.states import StateMachine


class State(TextChoices):
    """`contracts.Payment` and `contracts.Refund` say what they mean."""

    PROCESSING = "processing"
    UNKNOWN = "unknown"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUNDED = "refunded"


UNDECIDED = (State.PROCESSING, State.UNKNOWN)
OVER = (State.CANCELLED, State.FAILED)

PAYMENT = StateMachine(
    "payments.Payment",
    {
        State.PROCESSING: {State.UNKNOWN, State.AUTHORIZED, State.CANCELLED, State.FAILED},
        State.UNKNOWN: {State.AUTHORIZED, State.CANCELLED, State.FAILED},
        State.AUTHORIZED: {State.CAPTURED, State.CANCELLED},
        State.CAPTURED: {State.AUTHORIZED, State.CANCELLED},  # back: all was refunded, and the rest is still held
        State.CANCELLED: {},
        State.FAILED: {},
    },
)
CAPTURE = StateMachine(
    "payments.Capture",
    {
        State.PROCESSING: {State.UNKNOWN, State.CAPTURED, State.CANCELLED, State.FAILED},
        State.UNKNOWN: {State.CAPTURED, State.CANCELLED, State.FAILED},
        State.CAPTURED: {State.CANCELLED},
        State.CANCELLED: {},
        State.FAILED: {},
    },
)
REFUND = StateMachine(
    "payments.Refund",
    {
        State.PROCESSING: {State.UNKNOWN, State.REFUNDED, State.FAILED},
        State.UNKNOWN: {State.REFUNDED, State.FAILED},
        State.REFUNDED: {},
        State.FAILED: {},
    },
)
DISPUTE = StateMachine("payments.Dispute", {"open": {"won", "lost"}, "won": {}, "lost": {}})

IntentState = Literal["requires_payment_method", "processing", "requires_capture", "succeeded", "cancelled"]
_INTENT: dict[str, IntentState] = {
    State.PROCESSING: "processing",
    State.UNKNOWN: "processing",
    State.AUTHORIZED: "requires_capture",
    State.CAPTURED: "succeeded",
    State.CANCELLED: "cancelled",
    State.FAILED: "requires_payment_method",
}


def intent_state(attempts: Sequence[str]) -> IntentState:
    """What the states of the attempts, oldest first, make of the intent: the last one decides."""
    return _INTENT[attempts[-1]]
