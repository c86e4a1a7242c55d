from enum import StrEnum


class RefundState(StrEnum):
    FAILED = "failed"
    PROCESSING = "processing"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
