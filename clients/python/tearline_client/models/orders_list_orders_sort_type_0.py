from enum import StrEnum


class OrdersListOrdersSortType0(StrEnum):
    CREATED_AT = "created_at"
    ID = "id"
    TOTAL = "total"
    VALUE_1 = "-id"
    VALUE_3 = "-created_at"
    VALUE_5 = "-total"

    def __str__(self) -> str:
        return str(self.value)
