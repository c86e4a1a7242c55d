from enum import StrEnum


class InventoryListReservationsStageType1Item(StrEnum):
    COMMITTED = "committed"
    EXPIRED = "expired"
    FULFILLED = "fulfilled"
    HELD = "held"
    RELEASED = "released"

    def __str__(self) -> str:
        return str(self.value)
