from enum import StrEnum


class AdjustStockReason(StrEnum):
    ADJUSTED = "adjusted"
    DAMAGED = "damaged"
    FOUND = "found"
    LOST = "lost"

    def __str__(self) -> str:
        return str(self.value)
