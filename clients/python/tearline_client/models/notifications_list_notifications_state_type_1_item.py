from enum import StrEnum


class NotificationsListNotificationsStateType1Item(StrEnum):
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    FAILED = "failed"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    SUPPRESSED = "suppressed"

    def __str__(self) -> str:
        return str(self.value)
