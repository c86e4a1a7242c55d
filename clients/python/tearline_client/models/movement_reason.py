from enum import StrEnum


class MovementReason(StrEnum):
    ADJUSTED = "adjusted"
    COMMITTED = "committed"
    COUNTED = "counted"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    FOUND = "found"
    FULFILLED = "fulfilled"
    LOST = "lost"
    RECEIVED = "received"
    RELEASED = "released"
    RESERVED = "reserved"
    RETURNED = "returned"
    TRANSFERRED = "transferred"

    def __str__(self) -> str:
        return str(self.value)
