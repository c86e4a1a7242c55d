from enum import StrEnum


class SuppressionReason(StrEnum):
    BOUNCED = "bounced"
    BY_HAND = "by_hand"
    COMPLAINED = "complained"

    def __str__(self) -> str:
        return str(self.value)
