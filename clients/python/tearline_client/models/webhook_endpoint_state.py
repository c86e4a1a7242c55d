from enum import StrEnum


class WebhookEndpointState(StrEnum):
    DISABLED = "disabled"
    ENABLED = "enabled"
    REMOVED = "removed"

    def __str__(self) -> str:
        return str(self.value)
