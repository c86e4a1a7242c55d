from enum import StrEnum


class ShipmentDirection(StrEnum):
    OUTBOUND = "outbound"
    RETURN = "return"

    def __str__(self) -> str:
        return str(self.value)
