from enum import StrEnum


class PaymentsListWebhooksStateType1Item(StrEnum):
    DONE = "done"
    RECEIVED = "received"
    UNMATCHED = "unmatched"

    def __str__(self) -> str:
        return str(self.value)
