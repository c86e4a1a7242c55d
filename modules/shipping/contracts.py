"""What crosses shipping's facade."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id

ShipmentState = Literal["pending", "ready"]


class ShipmentId(Id, prefix="shp"):
    """Names one shipment."""


class ShipmentLine(Contract):
    """So many pieces of one SKU in the parcel."""

    sku: str
    quantity: int = Field(ge=1)


class Shipment(Contract):
    """One parcel of one order. `pending` until the carrier has given it a label, then `ready` to be handed over."""

    id: ShipmentId
    order_id: OrderId
    state: ShipmentState
    lines: list[ShipmentLine]
    carrier: str | None = Field(description="Who carries it. Null while pending.", examples=["Simulated Parcel"])
    tracking_number: str | None = Field(description="The carrier's name for it. Null while pending.")
    created_at: datetime
