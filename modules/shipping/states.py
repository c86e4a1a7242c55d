"""Which states there are, and which may follow which. `contracts.Shipment` says what they mean."""

from collections.abc import Sequence

from modules.shipping.contracts import ShipmentState
from tearline.states import StateMachine

LEFT: Sequence[ShipmentState] = ("in_transit", "out_for_delivery", "delivered", "exception", "returned")
"""The carrier has it, or had it."""

STILL_HERE: Sequence[ShipmentState] = ("pending", "ready", "on_hold")
"""It can be kept from leaving."""

OVER: Sequence[ShipmentState] = ("delivered", "returned")
"""The carrier has no more to say."""

SHIPMENT = StateMachine(
    "shipping.Shipment",
    {
        "pending": {"ready", "on_hold", "cancelled"},
        "ready": {"on_hold", "cancelled", *LEFT},
        "on_hold": {"pending", "ready", "cancelled", *LEFT},
        "in_transit": {"out_for_delivery", "delivered", "exception", "returned"},
        "out_for_delivery": {"delivered", "exception", "returned"},
        "exception": {"in_transit", "out_for_delivery", "delivered", "returned"},
        "delivered": set(),
        "returned": set(),
        "cancelled": LEFT,  # the carrier had it already, and does not take its label back
    },
)
