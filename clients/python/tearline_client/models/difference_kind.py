from enum import StrEnum


class DifferenceKind(StrEnum):
    AMOUNT = "amount"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
