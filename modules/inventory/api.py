"""Stock, locations and reservations over REST: read them, put goods there and take them away, say what has left."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from modules.inventory import drift, services, shelves
from modules.inventory.contracts import (
    MAIN,
    AddLocation,
    Adjusted,
    AdjustmentReason,
    AdjustStock,
    AdjustStockBatch,
    Change,
    ChangeLocation,
    Count,
    CountStock,
    FulfilReservation,
    Location,
    LocationCode,
    Movement,
    Quantity,
    ReceiveStock,
    Reference,
    Reservation,
    ReservationId,
    ReservationNotFound,
    ReservationStage,
    ReturnStock,
    SetLimits,
    Sku,
    StaleLimits,
    StaleLocation,
    StockDrift,
    StockLevel,
    StockLine,
    StockNotFound,
    TransferStock,
)
from modules.inventory.models import Reservation as ReservationRow
from modules.orders.contracts import OrderId
from tearline.api import (
    CreatedAsked,
    Filter,
    IdempotencyKey,
    IfMatch,
    KeyedRequest,
    Only,
    Page,
    PageAsked,
    Problem,
    answered,
    as_seen,
    expected,
    key_with,
    paged,
    tagged,
)
from tearline.contracts import Contract
from tearline.facades import perform

router = Router(tags=["inventory"])
prefixes = ("/stock", "/reservations")


class StockAsked(PageAsked):
    """Which levels."""

    sku: Annotated[Sku | None, Filter(None)] = Field(default=None, description="Only of this SKU.")
    location: Annotated[LocationCode | None, Filter(None)] = Field(
        default=None, description="Only what lies at this location."
    )


class MovementsAsked(PageAsked):
    """Which movements."""

    location: Only[LocationCode] = Field(default=None, description="Only at this location.")


class ReservationsAsked(CreatedAsked, PageAsked):
    """Which reservations."""

    order_id: Only[OrderId] = Field(default=None, description="Only of this order.")
    stage: Annotated[list[ReservationStage] | None, Filter("state")] = Field(
        default=None, max_length=20, description="Only at one of these stages."
    )


class Goods(Contract):
    """What came in, of the SKU in the path."""

    quantity: Quantity
    reference: Reference = Field(description="With what they came.", examples=["delivery 4711"])
    location: LocationCode = MAIN


class Correction(Contract):
    """So many more or fewer of the SKU in the path."""

    change: Change = Field(description="Less than zero: fewer.", examples=[-1])
    reason: AdjustmentReason = "adjusted"
    reference: Reference = Field(examples=["broken by the forklift"])
    location: LocationCode = MAIN


class Counted(Contract):
    """How many of the SKU in the path there are."""

    quantity: Count
    expected_quantity: Count = Field(description="on_hand when the count began. Another number since then: 409.")
    reference: Reference = Field(examples=["stocktaking 2026"])
    location: LocationCode = MAIN


class Moved(Contract):
    """How many of the SKU in the path went from where to where."""

    quantity: Quantity
    source: LocationCode = Field(examples=["main"])
    target: LocationCode = Field(examples=["stall"])
    reference: Reference = Field(examples=["for the fair"])


class Limits(Contract):
    """Of the SKU in the path at one location."""

    backorder_limit: Count = Field(description="So many more than there are may be promised.")
    reorder_point: Count | None = Field(description="Announce when so many or fewer are available.")
    location: LocationCode = MAIN


class LocationChange(Contract):
    """What is to be different about the location in the path. Null: as it is."""

    name: Reference | None = None
    priority: int | None = Field(default=None, ge=0, le=10_000, strict=True)
    active: bool | None = Field(default=None, strict=True, description="False: close it. It must hold nothing.")


class Parcel(Contract):
    """What has left of a reservation."""

    reference: Reference = Field(
        description="Names the parcel: the same one again changes nothing.", examples=["parcel 1"]
    )
    lines: list[StockLine] | None = Field(default=None, min_length=1, max_length=100, description="Null: all of it.")


def _told(request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: Contract) -> Any:
    """The answer of one of our commands."""
    outcome = perform("inventory", operation, {"request": asked}, caller=request.auth.caller, key=key, join=False)
    return answered(outcome, response)


# Stock


@router.get("/stock", auth=key_with("inventory:read"), response=Page[StockLevel])
def list_stock(request: KeyedRequest, asked: Query[StockAsked]) -> Page[StockLevel]:
    """How many there are of each SKU, in the order of their names."""
    found = shelves.stock(sku=asked.sku, location=asked.location)
    return paged(request, found, asked, show=lambda item: item.to_contract(), ascending=True)


@router.get("/stock/drift", auth=key_with("inventory:read"), response=StockDrift)
def get_drift(request: KeyedRequest) -> StockDrift:
    """Whether every level is what its ledger adds up to, and what reservations hold. Reads the whole ledger."""
    return drift.drift()


@router.get("/stock/locations", auth=key_with("inventory:read"), response=list[Location])
def list_locations(request: KeyedRequest) -> list[Location]:
    """All locations, in the order in which they are asked for goods."""
    return [location.to_contract() for location in shelves.locations()]


@router.post("/stock/locations", auth=key_with("inventory:write"), response={201: Location})
def add_location(
    request: KeyedRequest, response: HttpResponse, location: AddLocation, idempotency_key: IdempotencyKey
) -> Status[Location]:
    """Open a location."""
    return Status(201, _told(request, response, idempotency_key, "add_location", location))


@router.get("/stock/locations/{code}", auth=key_with("inventory:read"), response=Location)
def get_location(request: KeyedRequest, response: HttpResponse, code: LocationCode) -> Location:
    """One location."""
    location = shelves.location_at(code).to_contract()
    tagged(location, response)
    return location


@router.patch("/stock/locations/{code}", auth=key_with("inventory:write"), response=Location)
def change_location(
    request: KeyedRequest,
    response: HttpResponse,
    code: LocationCode,
    change: LocationChange,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Location:
    """Rename a location, have it asked earlier or later, close it once it holds nothing, open it again."""
    wanted = ChangeLocation(code=code, **change.model_dump(), expected_version=expected(if_match))
    with as_seen(if_match, stale=StaleLocation, now=lambda: shelves.location_at(code).to_contract()):
        location: Location = _told(request, response, idempotency_key, "change_location", wanted)
    tagged(location, response)
    return location


@router.post("/stock/adjustments:batch", auth=key_with("inventory:write"), response=list[Adjusted])
def adjust_batch(
    request: KeyedRequest, response: HttpResponse, batch: AdjustStockBatch, idempotency_key: IdempotencyKey
) -> Any:
    """Make up to 100 adjustments, each by itself. What came of each, in their order."""
    return _told(request, response, idempotency_key, "adjust_batch", batch)


@router.get("/stock/{sku}", auth=key_with("inventory:read"), response=StockLevel)
def get_stock(request: KeyedRequest, response: HttpResponse, sku: Sku) -> StockLevel:
    """How many there are of a SKU that was ever received."""
    item = shelves.stock(sku=sku).first()
    if item is None:
        raise StockNotFound(sku=sku)
    level = item.to_contract()
    tagged(level, response)
    return level


@router.get("/stock/{sku}/movements", auth=key_with("inventory:read"), response=Page[Movement])
def list_movements(request: KeyedRequest, sku: Sku, asked: Query[MovementsAsked]) -> Page[Movement]:
    """The ledger of a SKU, newest first, each line with the balance that it left at its location."""
    return paged(request, shelves.movements(sku), asked, show=lambda movement: movement.to_contract())


@router.post("/stock/{sku}/receive", auth=key_with("inventory:write"), response=StockLevel)
def receive_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, goods: Goods, idempotency_key: IdempotencyKey
) -> Any:
    """Put goods on the shelf."""
    received = ReceiveStock(sku=sku, **goods.model_dump())
    return _told(request, response, idempotency_key, "receive", received)


@router.post("/stock/{sku}/return", auth=key_with("inventory:write"), response=StockLevel)
def return_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, goods: Goods, idempotency_key: IdempotencyKey
) -> Any:
    """Put goods on the shelf again that had left."""
    returned = ReturnStock(sku=sku, **goods.model_dump())
    return _told(request, response, idempotency_key, "take_back", returned)


@router.post("/stock/{sku}/adjust", auth=key_with("inventory:write"), response=StockLevel)
def adjust_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, correction: Correction, idempotency_key: IdempotencyKey
) -> Any:
    """Correct the books by a difference, and say why."""
    adjusted = AdjustStock(sku=sku, **correction.model_dump())
    return _told(request, response, idempotency_key, "adjust", adjusted)


@router.post("/stock/{sku}/count", auth=key_with("inventory:write"), response=StockLevel)
def count_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, counted: Counted, idempotency_key: IdempotencyKey
) -> Any:
    """Set the books to what was counted, unless they changed meanwhile."""
    found = CountStock(sku=sku, **counted.model_dump())
    return _told(request, response, idempotency_key, "count", found)


@router.post("/stock/{sku}/transfer", auth=key_with("inventory:write"), response=StockLevel)
def transfer_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, moved: Moved, idempotency_key: IdempotencyKey
) -> Any:
    """Take goods from one location to another."""
    goods = TransferStock(sku=sku, **moved.model_dump())
    return _told(request, response, idempotency_key, "transfer", goods)


@router.put("/stock/{sku}/limits", auth=key_with("inventory:write"), response=StockLevel)
def set_limits(
    request: KeyedRequest,
    response: HttpResponse,
    sku: Sku,
    limits: Limits,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> StockLevel:
    """Say how many may be promised beyond what is there, and when it is time to order."""
    if if_match is not None and not shelves.stock(sku=sku).exists():
        raise Problem(412, "precondition_failed", f"No {sku} was ever received, so there is no ETag of it to match.")
    wanted = SetLimits(sku=sku, **limits.model_dump(), expected_version=expected(if_match))
    with as_seen(if_match, stale=StaleLimits, now=lambda: shelves.level_of(sku)):
        level: StockLevel = _told(request, response, idempotency_key, "set_limits", wanted)
    tagged(level, response)
    return level


# Reservations


@router.get("/reservations", auth=key_with("inventory:read"), response=Page[Reservation])
def list_reservations(request: KeyedRequest, asked: Query[ReservationsAsked]) -> Page[Reservation]:
    """What was set aside for orders, newest first."""
    return paged(request, services.reservations(), asked, show=lambda reservation: reservation.to_contract())


@router.get("/reservations/{reservation_id}", auth=key_with("inventory:read"), response=Reservation)
def get_reservation(request: KeyedRequest, reservation_id: ReservationId) -> Reservation:
    """One reservation with its lines."""
    return _found(reservation_id).to_contract()


@router.post("/reservations/{reservation_id}/fulfil", auth=key_with("inventory:write"), response=Reservation)
def fulfil_reservation(
    request: KeyedRequest,
    response: HttpResponse,
    reservation_id: ReservationId,
    parcel: Parcel,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Goods have left the house for their order: they are on hand, and reserved, no more."""
    order_id = _found(reservation_id).order_id
    left = FulfilReservation(order_id=order_id, reference=parcel.reference, lines=parcel.lines)
    return _told(request, response, idempotency_key, "fulfil", left)


def _found(reservation_id: ReservationId) -> ReservationRow:
    """Raises ReservationNotFound."""
    reservation = services.reservations().filter(pk=reservation_id).first()
    if reservation is None:
        raise ReservationNotFound(reservation_id=reservation_id)
    return reservation
