from enum import StrEnum


class ShippingListShipmentsStateType1Item(StrEnum):
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    IN_TRANSIT = "in_transit"
    ON_HOLD = "on_hold"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PENDING = "pending"
    READY = "ready"
    RETURNED = "returned"

    def __str__(self) -> str:
        return str(self.value)
