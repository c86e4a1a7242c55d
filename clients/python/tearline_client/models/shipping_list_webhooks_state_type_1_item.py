from enum import StrEnum


class ShippingListWebhooksStateType1Item(StrEnum):
    DONE = "done"
    RECEIVED = "received"
    UNMATCHED = "unmatched"

    def __str__(self) -> str:
        return str(self.value)
