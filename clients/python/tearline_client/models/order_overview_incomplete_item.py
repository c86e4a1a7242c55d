from enum import StrEnum


class OrderOverviewIncompleteItem(StrEnum):
    NOTIFICATIONS = "notifications"
    PAYMENT = "payment"
    RESERVATION = "reservation"
    SHIPMENTS = "shipments"

    def __str__(self) -> str:
        return str(self.value)
