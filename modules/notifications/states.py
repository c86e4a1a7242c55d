"""Which states there are, and which may follow which. `contracts` says what they mean."""

from tearline.states import StateMachine

NOTIFICATION = StateMachine(
    "notifications.Notification",
    {
        "queued": {"sending", "suppressed", "failed"},
        "sending": {"sent", "delivered", "bounced", "suppressed", "failed"},
        "failed": {"sending", "suppressed"},
        "sent": {"delivered", "bounced"},
        "delivered": {"bounced"},
        "bounced": set(),
        "suppressed": set(),
    },
)
"""What the provider has to say may overtake our own record, so `sending` may become what `sent` may."""

UNDER_WAY = ("queued", "sending", "failed")

ENDPOINT = StateMachine(
    "notifications.WebhookEndpoint",
    {"enabled": {"disabled", "removed"}, "disabled": {"enabled", "removed"}, "removed": set()},
)

DELIVERY = StateMachine(
    "notifications.WebhookDelivery",
    {"pending": {"delivered", "failed", "dropped"}, "delivered": set(), "failed": set(), "dropped": set()},
)
