from enum import StrEnum


class PaymentState(StrEnum):
    AUTHORIZED = "authorized"
    CANCELLED = "cancelled"
    CAPTURED = "captured"
    FAILED = "failed"
    PROCESSING = "processing"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
