"""Which states there are, and which may follow which. `contracts.Reservation` says what they mean."""

from collections.abc import Mapping, Sequence

from modules.inventory.contracts import ReservationStage, ReservationState
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

PUT_BACK: Sequence[ReservationStage] = ("released", "expired")
"""The order may reserve anew."""

STATES: Mapping[ReservationStage, ReservationState] = {
    "held": "held",
    "committed": "committed",
    "fulfilled": "committed",
    "released": "released",
    "expired": "released",
}
"""What a stage is to those who know no stages."""
