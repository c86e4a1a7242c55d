"""What crosses shipping's facade."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Money, Refusal, Version

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

    sku: str = Field(examples=["MUG-BLUE"])
    quantity: int = Field(ge=1, strict=True)


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
    version: int | None = Field(default=None, description="Grows with each change. Null: told before there were any.")


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
    event_id: str = Field(description="The carrier's.", examples=["trk_evt_1"])
    kind: str = Field(description="The carrier's word for it.", examples=["tracker.updated"])
    tracking_number: str = Field(examples=["SIM0000000001"])
    state: CarrierEventState
    received_at: datetime


Service = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Lines = Annotated[list[ShipmentLine], Field(min_length=1, max_length=100)]


class Rate(Contract):
    """What the carrier takes for a parcel by one of its services."""

    service: Service = Field(examples=["express"])
    price: Money
    days: int | None = Field(description="How long it takes, usually.")


class PackShipment(Contract):
    """Another parcel, of pieces of an order that are in none."""

    order_id: OrderId
    lines: Lines
    service: Service | None = Field(default=None, description="Null: the carrier's cheapest.")


class SplitShipment(Contract):
    """Several parcels instead of this one. Together they have what it has."""

    shipment_id: ShipmentId
    parcels: list[Lines] = Field(min_length=2, max_length=20)
    expected_version: Version = None


class CancelShipment(Contract):
    """This parcel is not to leave. Its pieces may be packed anew."""

    shipment_id: ShipmentId
    reason: Reason = Field(description="No personal data.", examples=["damaged while it was packed"])
    expected_version: Version = None


class HoldShipment(Contract):
    """This parcel is to stay here for now."""

    shipment_id: ShipmentId
    reason: Reason = Field(description="No personal data.", examples=["the address looks wrong"])
    expected_version: Version = None


class ChooseService(Contract):
    """By which of the carrier's services a parcel is to go that has no label yet."""

    shipment_id: ShipmentId
    service: Service
    expected_version: Version = None


class OpenReturn(Contract):
    """A label for pieces that are to come back from the customer."""

    order_id: OrderId
    lines: Lines
    service: Service | None = Field(default=None, description="Null: the carrier's cheapest.")


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


class ShipmentNotFound(Refusal, says="There is no shipment {shipment_id}.", status=404):
    """No such shipment."""

    shipment_id: str


class StaleShipment(
    Refusal, says="Shipment {shipment_id} is at version {version} and not {expected} any more.", status=409
):
    """It has changed meanwhile. Look at it again."""

    shipment_id: ShipmentId
    expected: int
    version: int


class NotInThisState(Refusal, says="Shipment {shipment_id} is {state}, which does not allow that.", status=409):
    """Nothing was changed."""

    shipment_id: ShipmentId
    state: str


class AlreadyLabelled(Refusal, says="Shipment {shipment_id} has a label already.", status=409):
    """Cancel the shipment and pack another one, or leave it as it is."""

    shipment_id: ShipmentId


class DoesNotAddUp(Refusal, says="The parcels together do not have what {shipment_id} has."):
    """Nothing was split: a piece is missing, or one too many."""

    shipment_id: ShipmentId
