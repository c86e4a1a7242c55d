"""What crosses shipping's facade."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Refusal

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]

ShipmentState = Literal[
    "pending",
    "ready",
    "on_hold",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "exception",
    "returned",
    "cancelled",
]


TrackingStatus = Literal["announced", "in_transit", "out_for_delivery", "delivered", "exception", "returned"]


Direction = Literal["outbound", "return"]


class ShipmentId(Id, prefix="shp"):
    """Names one shipment."""


class CarrierEventId(Id, prefix="sev"):
    """Names what the carrier told us once."""


class ShipmentLine(Contract):
    """So many pieces of one SKU in the parcel."""

    sku: str
    quantity: int = Field(ge=1)


class Shipment(Contract):
    """One parcel of one order, to the customer or back.

    pending: the carrier has not given it a label yet. ready: labelled, to be handed over. on_hold: it is not to leave,
    for the reason in `held_for`. in_transit, out_for_delivery, delivered: as the carrier says. exception: something is
    wrong on its way. returned: the carrier has brought it back to where it came from. cancelled: it does not leave, for
    the reason in `cancelled_for`; if the carrier has it already, it is on its way instead.
    """

    id: ShipmentId
    order_id: OrderId
    state: ShipmentState
    lines: list[ShipmentLine]
    carrier: str | None = Field(description="Who carries it. Null while pending.", examples=["Simulated Parcel"])
    tracking_number: str | None = Field(description="The carrier's name for it. Null while pending.")
    created_at: datetime
    direction: Direction = Field(default="outbound", description="return: from the customer back to us.")
    service: str | None = Field(default=None, description="Which of the carrier's was chosen. Null: its cheapest.")
    held_for: str | None = Field(default=None, description="Why it is on hold.")
    cancelled_for: str | None = Field(default=None, description="Why it was cancelled.")
    dispatched_at: datetime | None = Field(default=None, description="When the carrier first said that it moves.")
    delivered_at: datetime | None = Field(default=None, description="When it was delivered, by the carrier's clock.")


class TrackingEvent(Contract):
    """What the carrier has seen of a parcel, as it was told to us. announced: it knows of it, and does not have it yet.

    It may be late, so that the shipment is further than this by now.
    """

    status: TrackingStatus
    detail: str = Field(description="In the carrier's words.", examples=["Arrived at the depot"])
    at: datetime = Field(description="By the carrier's clock.")
    heard_at: datetime


CarrierEventState = Literal["received", "done", "unmatched"]


class CarrierEvent(Contract):
    """What the carrier told us by itself.

    received: waits to be worked off. done: the carrier was asked where the parcel is. unmatched: it is about none.
    """

    id: CarrierEventId
    carrier: str = Field(examples=["simulated"])
    event_id: str = Field(description="The carrier's.")
    kind: str = Field(description="The carrier's word for it.", examples=["tracker.updated"])
    tracking_number: str
    state: CarrierEventState
    received_at: datetime


class StopShipping(Contract):
    """Nothing of this order is to leave any more."""

    order_id: OrderId
    reason: Reason = Field(description="For whoever packs parcels. No personal data.")


class AlreadyLeft(Refusal, says="Shipment {shipment_id} of {order_id} has left already.", status=409):
    """It is with the carrier, or was: it cannot be called back from here."""

    order_id: OrderId
    shipment_id: ShipmentId


class NotThatManyLeft(
    Refusal, says="Of {sku}, order {order_id} does not want {wanted} more that are in no parcel.", status=409
):
    """Nothing was packed: the pieces are in parcels already, were cancelled, or were never ordered."""

    order_id: OrderId
    sku: str
    wanted: int


class LabelRefused(Refusal, says="The carrier does not take the parcel: {reason}."):
    """It has to be changed before it is asked for again."""

    reason: str


class NotThatManySent(
    Refusal, says="Of {sku}, order {order_id} has not sent {wanted} that are not coming back already.", status=409
):
    """No return was opened."""

    order_id: OrderId
    sku: str
    wanted: int
