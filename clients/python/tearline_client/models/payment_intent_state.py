from enum import StrEnum


class PaymentIntentState(StrEnum):
    CANCELLED = "cancelled"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    SUCCEEDED = "succeeded"

    def __str__(self) -> str:
        return str(self.value)
