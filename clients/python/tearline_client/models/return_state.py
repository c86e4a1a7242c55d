from enum import StrEnum


class ReturnState(StrEnum):
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUNDING = "refunding"
    REJECTED = "rejected"
    REQUESTED = "requested"

    def __str__(self) -> str:
        return str(self.value)
