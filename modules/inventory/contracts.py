"""What crosses the inventory's facade: requests, answers, refusals."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Refusal, Version


def _not_zero(change: int) -> int:
    if change == 0:
        raise ValueError("nothing would change")
    return change


# The form that the catalog gives its SKUs. Inventory counts whatever carries one, on sale or not.
Sku = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,63}$"), Field(examples=["MUG-BLUE"])]
LocationCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$"), Field(examples=["main"])]
MOST = 10**9
Quantity = Annotated[int, Field(ge=1, le=MOST, strict=True)]
Count = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Change = Annotated[int, Field(ge=-MOST, le=MOST, strict=True), AfterValidator(_not_zero)]
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
]

MAIN = "main"
"""The location that is meant when none is named. It need not be made first."""

LONGEST_HOLD = 30 * 24 * 3600
"""Seconds."""

ReservationState = Literal["held", "committed", "released"]
ReservationStage = Literal["held", "committed", "fulfilled", "released", "expired"]
AdjustmentReason = Literal["adjusted", "damaged", "lost", "found"]
MovementReason = Literal[
    "received",
    "reserved",
    "committed",
    "fulfilled",
    "released",
    "expired",
    "returned",
    "transferred",
    "counted",
    "adjusted",
    "damaged",
    "lost",
    "found",
]


class ReservationId(Id, prefix="res"):
    """Names what was set aside for one order."""


# What is set aside


class StockLine(Contract):
    """So many of one SKU."""

    sku: Sku
    quantity: Quantity


class ReserveStock(Contract):
    """What to set aside for an order. Lines with the same SKU count as one."""

    order_id: OrderId
    lines: list[StockLine] = Field(min_length=1, max_length=100)
    expires_in: int | None = Field(
        default=None, ge=1, le=LONGEST_HOLD, description="Seconds until it is put back unless committed. Null: never."
    )


class TakenFrom(Contract):
    """So many of a line, from one location."""

    location: LocationCode
    quantity: int


class ReservedLine(StockLine):
    """A line of a reservation: of its quantity, so many have left and so many were put back. The rest is set aside."""

    fulfilled: int = 0
    released: int = 0
    taken_from: list[TakenFrom] = Field(default=[], description="By the code of the location.")


class Reservation(Contract):
    """What is, or was, set aside for an order; one line per SKU, in SKU order.

    held: may still be released. committed: the order's for good, until it is shipped. released: back on the shelf.
    The stage says the same and more. fulfilled: committed, and all that was not put back has left. expired: released,
    because nobody committed it in time. Of what was put back and left all the same, its line says that it has left.
    """

    id: ReservationId
    order_id: OrderId
    state: ReservationState
    lines: list[ReservedLine]
    created_at: datetime
    expires_at: datetime | None = Field(default=None, description="When a held one is put back.")
    stage: ReservationStage | None = Field(default=None, description="Null: told before there were stages.")


class FulfilReservation(Contract):
    """What has left the house for an order. The reference names the parcel: the same one again changes nothing."""

    order_id: OrderId
    reference: Reference
    lines: list[StockLine] | None = Field(
        default=None, min_length=1, max_length=100, description="Null: all that is still set aside."
    )


class WithdrawReservation(Contract):
    """What an order no longer wants, and why."""

    order_id: OrderId
    reference: Reference
    lines: list[StockLine] | None = Field(
        default=None, min_length=1, max_length=100, description="Null: all that has not left."
    )


# What lies where


class Location(Contract):
    """Where goods lie. Nothing is put into, or taken from, one that is not active."""

    code: LocationCode
    name: str = Field(examples=["The house"])
    priority: int = Field(description="Locations of a lower one are asked first.")
    active: bool
    version: int | None = Field(default=None, description="Grows with each change. Null: told before there were any.")


class AddLocation(Contract):
    """A place where goods are going to lie."""

    code: LocationCode = Field(examples=["hamburg"])
    name: Reference = Field(examples=["Warehouse Hamburg"])
    priority: int = Field(default=100, ge=0, le=10_000, strict=True)


class ChangeLocation(Contract):
    """What is to be different about a location. Null: as it is."""

    code: LocationCode
    name: Reference | None = None
    priority: int | None = Field(default=None, ge=0, le=10_000, strict=True)
    active: bool | None = Field(default=None, strict=True, description="False: close it. It must hold nothing.")
    expected_version: Version = None


class LocationLevel(Contract):
    """How many of a SKU lie at one location.

    `backorder_limit` more than there are may be set aside. When `available` falls to `reorder_point` it is announced.
    """

    location: LocationCode
    on_hand: int
    reserved: int
    available: int
    backorder_limit: int
    reorder_point: int | None


class StockLevel(Contract):
    """on_hand lie on the shelf, reserved of them are set aside, available is the difference.

    In all locations together. Below zero, available says how many were promised that have yet to come in.
    """

    sku: Sku
    on_hand: int
    reserved: int
    available: int
    by_location: list[LocationLevel] = []
    version: int | None = Field(
        default=None,
        description="Grows with each change of its limits, at any location. Null: it was never here, or told before"
        " there were any.",
    )


class ReceiveStock(Contract):
    """Goods that came in. The reference says with what: a delivery note, a count."""

    sku: Sku
    quantity: Quantity
    reference: Reference
    location: LocationCode = MAIN


class ReturnStock(Contract):
    """Goods that came back and can be sold again. The reference says with what: a return."""

    sku: Sku
    quantity: Quantity
    reference: Reference
    location: LocationCode = MAIN


class AdjustStock(Contract):
    """So many more or fewer than the books say, and why."""

    sku: Sku
    change: Change = Field(description="Less than zero: fewer.", examples=[-1])
    reason: AdjustmentReason = "adjusted"
    reference: Reference = Field(examples=["broken by the forklift"])
    location: LocationCode = MAIN


class AdjustStockBatch(Contract):
    """Adjustments that are made each by itself: one that is refused keeps no other from being made."""

    adjustments: list[AdjustStock] = Field(min_length=1, max_length=100)


class Refused(Contract):
    """The code of a refusal, and one sentence."""

    code: str = Field(examples=["inventory.not_enough_on_hand"])
    detail: str = Field(examples=["MUG-BLUE at main: 3 on hand, 2 of them promised."])


class Adjusted(Contract):
    """What came of one adjustment: the level as it is then, or why not. One of the two is null."""

    sku: Sku
    location: LocationCode
    level: LocationLevel | None = None
    refused: Refused | None = None


class CountStock(Contract):
    """So many there are, by count; so many there were when somebody went to count them."""

    sku: Sku
    quantity: Count
    expected_quantity: Count = Field(description="on_hand when the count began. Another number since then: refused.")
    reference: Reference
    location: LocationCode = MAIN


class TransferStock(Contract):
    """Goods that went from one location to another."""

    sku: Sku
    quantity: Quantity
    source: LocationCode
    target: LocationCode
    reference: Reference


class SetLimits(Contract):
    """How many more than there are may be promised, and when it is time to order."""

    sku: Sku
    location: LocationCode = MAIN
    backorder_limit: Count
    reorder_point: Count | None = Field(description="Announce StockLow when so many or fewer are available.")
    expected_version: Version = None


class Movement(Contract):
    """One line of the ledger, with the balance it left. Of a line that changes nothing, the balance is null."""

    id: int
    sku: Sku
    location: LocationCode
    reason: MovementReason
    on_hand_change: int
    reserved_change: int
    on_hand_after: int | None
    reserved_after: int | None
    reference: str = Field(examples=["delivery 4711"])
    actor: str = Field(
        description="Who asked for it: a module, or a key as `api:…`.", examples=["api:key_01jdc3k5v8e1xszq4b7m2n9htw"]
    )
    at: datetime


class StockDifference(Contract):
    """A SKU at a location whose row, ledger and reservations disagree.

    on_hand and reserved: of the row. ledger_…: what its movements add up to. promised: what reservations still hold.
    """

    sku: str = Field(examples=["MUG-BLUE"])
    location: str = Field(examples=["main"])
    on_hand: int
    ledger_on_hand: int
    reserved: int
    ledger_reserved: int
    promised: int


class StockDrift(Contract):
    """How many levels were compared, and those that differ: none, unless somebody went past the ledger."""

    levels: int
    differences: list[StockDifference]


# Refusals


class StockNotFound(Refusal, says="No {sku} was ever received.", status=404):
    """Nothing is known of this SKU here."""

    sku: str


class ReservationNotFound(Refusal, says="There is no reservation {reservation_id}.", status=404):
    """No such reservation."""

    reservation_id: str


class OutOfStock(Refusal, says="{sku}: {wanted} wanted, {available} available.", status=409):
    """A line could not be set aside in full, so nothing was."""

    sku: str
    wanted: int
    available: int


class AlreadyReserved(Refusal, says="Stock is already set aside for {order_id}.", status=409):
    """An order has one live reservation at most; this one came under another key."""

    order_id: OrderId


class AlreadyCommitted(Refusal, says="The stock set aside for {order_id} is committed and stays with it.", status=409):
    """Too late to release: the order was confirmed. What it no longer wants is withdrawn."""

    order_id: OrderId


class NothingSetAside(Refusal, says="Nothing is set aside for {order_id}.", status=404):
    """The order has no reservation, or it was put back."""

    order_id: OrderId


class NotCommitted(Refusal, says="What is set aside for {order_id} is not committed.", status=409):
    """Nothing leaves for an order that is not confirmed."""

    order_id: OrderId


class MoreThanSetAside(Refusal, says="{sku}: {wanted} wanted, {set_aside} still set aside.", status=409):
    """An order gets, and gives back, no more than is set aside for it."""

    sku: str
    wanted: int
    set_aside: int


class NotEnoughOnHand(Refusal, says="{sku} at {location}: {on_hand} on hand, {reserved} of them promised.", status=409):
    """Fewer would lie there than none, or than were promised."""

    sku: str
    location: str
    on_hand: int
    reserved: int


class StaleQuantity(
    Refusal, says="{sku} at {location}: {expected} expected, {on_hand} on hand. Look again, and count.", status=409
):
    """The number changed since whoever wants to set it looked."""

    sku: str
    location: str
    expected: int
    on_hand: int


class StaleLimits(
    Refusal, says="The limits of {sku} are at version {version} and not {expected} any more.", status=409
):
    """Somebody has changed them meanwhile. Look at them again."""

    sku: str
    expected: int
    version: int


class StaleLocation(
    Refusal, says="The location {location} is at version {version} and not {expected} any more.", status=409
):
    """Somebody has changed it meanwhile. Look at it again."""

    location: str
    expected: int
    version: int


class SameLocation(Refusal, says="Source and target are both {location}.", status=422):
    """Nothing would go anywhere."""

    location: str


class LocationNotFound(Refusal, says="There is no location {location}.", status=404):
    """Add it first."""

    location: str


class LocationExists(Refusal, says="There is a location {location} already.", status=409):
    """Its code is taken."""

    location: str


class LocationClosed(Refusal, says="The location {location} is not active.", status=409):
    """Nothing is put there."""

    location: str


class LocationInUse(Refusal, says="{sku} lies at {location}, or is promised from there.", status=409):
    """A location is closed once it holds nothing. One SKU that it does hold is named."""

    location: str
    sku: str
