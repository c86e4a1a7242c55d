from enum import StrEnum


class OrdersGetOrderExpandType0Item(StrEnum):
    PAYMENT = "payment"
    RETURNS = "returns"
    SHIPMENTS = "shipments"
    TIMELINE = "timeline"

    def __str__(self) -> str:
        return str(self.value)
