from enum import StrEnum


class OrderPartsIncompleteItem(StrEnum):
    PAYMENT = "payment"
    SHIPMENTS = "shipments"

    def __str__(self) -> str:
        return str(self.value)
