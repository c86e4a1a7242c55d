from enum import StrEnum


class OrdersListOrdersFulfillmentStatusType0(StrEnum):
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    PARTIAL = "partial"
    PARTIALLY_RETURNED = "partially_returned"
    RETURNED = "returned"
    UNFULFILLED = "unfulfilled"

    def __str__(self) -> str:
        return str(self.value)
