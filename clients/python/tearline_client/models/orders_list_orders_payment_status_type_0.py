from enum import StrEnum


class OrdersListOrdersPaymentStatusType0(StrEnum):
    DISPUTED = "disputed"
    OVERPAID = "overpaid"
    PAID = "paid"
    PARTIALLY_PAID = "partially_paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    UNPAID = "unpaid"

    def __str__(self) -> str:
        return str(self.value)
