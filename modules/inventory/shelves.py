"""What lies where: goods come in, are counted, corrected, moved; locations open and close.

Every function that changes something runs in its caller's transaction, and is told who asked for it.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from modules.inventory import contracts
from modules.inventory.contracts import (
    MAIN,
    AddLocation,
    Adjusted,
    AdjustStock,
    ChangeLocation,
    CountStock,
    LocationClosed,
    LocationExists,
    LocationInUse,
    LocationNotFound,
    ReceiveStock,
    Refused,
    ReturnStock,
    SameLocation,
    SetLimits,
    StaleQuantity,
    TransferStock,
)
from modules.inventory.models import Cause, Location, NotEnough, StockItem, StockLevel, StockMovement, in_all
from tearline.contracts import Refusal


def receive(goods: ReceiveStock, *, by: str) -> contracts.StockLevel:
    """Put goods on the shelf. Raises LocationNotFound, LocationClosed."""
    _make_room(goods.sku, goods.location)
    StockLevel.move(goods.sku, goods.location, on_hand=goods.quantity, cause=Cause("received", goods.reference, by))
    return level_of(goods.sku)


def take_back(goods: ReturnStock, *, by: str) -> contracts.StockLevel:
    """Put goods on the shelf again. Raises LocationNotFound, LocationClosed."""
    _make_room(goods.sku, goods.location)
    StockLevel.move(goods.sku, goods.location, on_hand=goods.quantity, cause=Cause("returned", goods.reference, by))
    return level_of(goods.sku)


def adjust(correction: AdjustStock, *, by: str) -> None:
    """Raises LocationNotFound, LocationClosed, NotEnoughOnHand."""
    _make_room(correction.sku, correction.location)
    cause = Cause(correction.reason, correction.reference, by)
    try:
        StockLevel.move(correction.sku, correction.location, on_hand=correction.change, cause=cause)
    except NotEnough:
        raise _at(correction.sku, correction.location).too_little() from None


def adjust_each(corrections: Sequence[AdjustStock], *, by: str) -> list[Adjusted]:
    """Each by itself. In the order in which levels are moved, answered in the order asked."""
    _lock_locations({correction.location for correction in corrections})
    order = sorted(range(len(corrections)), key=lambda n: (corrections[n].sku, corrections[n].location))
    came_of = {n: _adjust_one(corrections[n], by=by) for n in order}
    return [came_of[n] for n in range(len(corrections))]


def _adjust_one(correction: AdjustStock, *, by: str) -> Adjusted:
    sku, location = correction.sku, correction.location
    try:
        with transaction.atomic(using="inventory"):
            adjust(correction, by=by)
    except Refusal as refusal:
        return Adjusted(sku=sku, location=location, refused=Refused(code=refusal.code, detail=refusal.detail))
    return Adjusted(sku=sku, location=location, level=_at(sku, location).to_contract())


def count(found: CountStock, *, by: str) -> contracts.StockLevel:
    """Raises LocationNotFound, LocationClosed, StaleQuantity, NotEnoughOnHand."""
    _make_room(found.sku, found.location)
    cause = Cause("counted", found.reference, by)
    change = found.quantity - found.expected_quantity
    try:
        StockLevel.move(found.sku, found.location, on_hand=change, expected=found.expected_quantity, cause=cause)
    except NotEnough:
        raise _why_not(found) from None
    return level_of(found.sku)


def _why_not(found: CountStock) -> Refusal:
    level = _at(found.sku, found.location)
    if level.on_hand == found.expected_quantity:
        return level.too_little()
    return StaleQuantity(
        sku=found.sku, location=found.location, expected=found.expected_quantity, on_hand=level.on_hand
    )


def transfer(goods: TransferStock, *, by: str) -> contracts.StockLevel:
    """Raises SameLocation, LocationNotFound, LocationClosed, NotEnoughOnHand."""
    if goods.source == goods.target:
        raise SameLocation(location=goods.source)
    _lock_locations({goods.source, goods.target})
    _make_room(goods.sku, goods.source)
    _make_room(goods.sku, goods.target)
    changes = {goods.source: -goods.quantity, goods.target: goods.quantity}
    try:
        for location in sorted(changes):
            cause = Cause("transferred", goods.reference, by)
            StockLevel.move(goods.sku, location, on_hand=changes[location], cause=cause)
    except NotEnough:
        raise _at(goods.sku, goods.source).too_little() from None
    return level_of(goods.sku)


def set_limits(limits: SetLimits) -> contracts.StockLevel:
    """Raises LocationNotFound, LocationClosed, StaleLimits, NotEnoughOnHand."""
    _make_room(limits.sku, limits.location)
    level = StockLevel.at(limits.sku, limits.location).select_for_update().get()
    StockItem.locked(limits.sku).expect(limits.expected_version)
    try:
        level.limit(backorder_limit=limits.backorder_limit, reorder_point=limits.reorder_point)
    except NotEnough:
        raise level.too_little() from None
    return level_of(limits.sku)


def _make_room(sku: str, location: str) -> None:
    """There is a level then, and its location stays open until the end of the transaction.

    Raises LocationNotFound, LocationClosed.
    """
    _lock_locations([location])
    place = location_at(location)
    if not place.active:
        raise LocationClosed(location=location)
    StockItem.objects.bulk_create([StockItem(sku=sku)], ignore_conflicts=True)
    StockLevel.objects.bulk_create([StockLevel(item_id=sku, location=place)], ignore_conflicts=True)


def _lock_locations(codes: Iterable[str]) -> None:
    """As far as they are there, in their order."""
    for code in sorted(codes):
        found = Location.objects.select_for_update(no_key=True).filter(pk=code).first()
        if found is None and code == MAIN:
            Location.objects.bulk_create([Location(code=MAIN, name="Main")], ignore_conflicts=True)
            Location.objects.select_for_update(no_key=True).get(pk=MAIN)


def location_at(code: str) -> Location:
    """Raises LocationNotFound."""
    found = Location.objects.filter(pk=code).first()
    if found is None:
        raise LocationNotFound(location=code)
    return found


def _at(sku: str, location: str) -> StockLevel:
    return StockLevel.at(sku, location).get()


# What there is


def levels(skus: Sequence[str]) -> list[contracts.StockLevel]:
    """In the order asked; none of an unknown SKU."""
    by_sku: dict[str, list[StockLevel]] = {sku: [] for sku in skus}
    for level in StockLevel.objects.filter(item_id__in=by_sku, location__active=True):
        by_sku[level.item_id].append(level)
    versions = dict(StockItem.objects.filter(pk__in=by_sku).values_list("sku", "version"))
    return [in_all(sku, by_sku[sku], version=versions.get(sku)) for sku in skus]


def level_of(sku: str) -> contracts.StockLevel:
    return levels([sku])[0]


def stock(*, sku: str | None = None, location: str | None = None) -> QuerySet[StockItem]:
    """Every SKU ever received, or one, or those that lie at a location, with their levels."""
    active = StockLevel.objects.filter(location__active=True)
    found = StockItem.objects.prefetch_related(Prefetch("levels", active))
    if sku is not None:
        found = found.filter(pk=sku)
    if location is not None:
        there = ~Q(on_hand=0) | ~Q(reserved=0)
        found = found.filter(pk__in=StockLevel.objects.filter(there, location_id=location).values("item_id"))
    return found


def movements(sku: str) -> QuerySet[StockMovement]:
    """Of a SKU, at all locations."""
    return StockMovement.objects.filter(sku=sku)


# Locations


def locations() -> list[Location]:
    """In the order in which they are asked."""
    return sorted(Location.objects.all(), key=lambda location: (location.priority, location.code))


def add_location(wanted: AddLocation) -> Location:
    """Raises LocationExists."""
    location, added = Location.objects.get_or_create(
        code=wanted.code, defaults={"name": wanted.name, "priority": wanted.priority}
    )
    if not added:
        raise LocationExists(location=wanted.code)
    return location


def change_location(wanted: ChangeLocation) -> Location:
    """Raises LocationNotFound, StaleLocation, LocationInUse."""
    _lock_locations([wanted.code])
    location = location_at(wanted.code)
    location.expect(wanted.expected_version)
    if wanted.active is False:
        _clear(location)
    said = wanted.model_dump(exclude={"code", "expected_version"}, exclude_none=True)
    different = {name: value for name, value in said.items() if getattr(location, name) != value}
    for name, value in different.items():
        setattr(location, name, value)
    if different:
        location.change()
    return location


def _clear(location: Location) -> None:
    """See to it that it holds nothing, nor can from now on: nobody may promise what has yet to come in there.

    Whoever puts goods there waits for the location; whoever sets something aside there, for the level.
    """
    skus = location.levels.exclude(on_hand=0, reserved=0, backorder_limit=0).values_list("item_id", flat=True)
    for sku in sorted(skus):
        level = StockLevel.at(sku, location.code).select_for_update().get()
        if level.on_hand or level.reserved:
            raise LocationInUse(location=location.code, sku=sku)
        level.limit(backorder_limit=0, reorder_point=level.reorder_point)
