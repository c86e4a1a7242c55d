"""Which states there are, and which may follow which. `contracts` says what they mean."""

from tearline.states import StateMachine

ORDER = StateMachine(
    "orders.Order",
    {
        "draft": {"pending", "cancelled", "expired"},
        "pending": {"confirmed", "cancelled", "expired"},
        "confirmed": {"completed", "cancelled"},
        "completed": set(),
        "cancelled": set(),
        "expired": set(),
    },
)
CANCELLATION = StateMachine("orders.Cancellation", {"asked": {"done", "refused"}, "done": set(), "refused": set()})
RETURN = StateMachine(
    "orders.Return",
    {
        "requested": {"received", "rejected"},
        "rejected": set(),
        "received": {"refunding"},
        "refunding": {"refunded", "received"},  # back: the provider declined, and may be asked anew
        "refunded": set(),
    },
)
