from enum import StrEnum


class ShippingListShipmentsDirectionType0(StrEnum):
    OUTBOUND = "outbound"
    RETURN = "return"

    def __str__(self) -> str:
        return str(self.value)
