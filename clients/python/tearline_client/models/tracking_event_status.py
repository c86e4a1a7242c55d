from enum import StrEnum


class TrackingEventStatus(StrEnum):
    ANNOUNCED = "announced"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    RETURNED = "returned"

    def __str__(self) -> str:
        return str(self.value)
