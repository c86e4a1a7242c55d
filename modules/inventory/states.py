"""Which states there are, and which may follow which. `contracts.Reservation` says what they mean."""

from collections.abc import Sequence

from modules.inventory.contracts import ReservationState
from tearline.states import StateMachine

RESERVATION = StateMachine(
    "inventory.Reservation",
    {
        "held": {"committed", "released", "expired"},
        "committed": {"fulfilled", "released"},
        "fulfilled": set(),
        "released": set(),
        "expired": set(),
    },
)

PUT_BACK: Sequence[ReservationState] = ("released", "expired")
"""The order may reserve anew."""
