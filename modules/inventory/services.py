"""From a wish to a parcel that left: what inventory does for orders. `shelves` has what lies where.

Every function that changes something runs in its caller's transaction, and is told who asked for it.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from modules.inventory.allocation import Allocation, Shortage, allocate
from modules.inventory.contracts import (
    AlreadyReserved,
    FulfilReservation,
    NotCommitted,
    NothingSetAside,
    OutOfStock,
    ReservationId,
    ReserveStock,
    StockLine,
    WithdrawReservation,
)
from modules.inventory.events import StockRanOut
from modules.inventory.models import Departure, NotEnough, Reservation, StockLevel, summed
from modules.inventory.states import PUT_BACK
from modules.orders.contracts import OrderId
from tearline.work import task

EARLY = timedelta(seconds=10)
"""Between two looks at what was to be put back by now and, by the database's clock, is not."""


class NothingReserved(LookupError):
    """An order was confirmed and nothing is set aside for it: somebody has to look."""


def reserve(request: ReserveStock, *, key: str, by: str) -> Reservation:
    """Set everything aside. Raises OutOfStock or AlreadyReserved; the caller then rolls back what was set aside so far.

    What is free is looked up without a lock. If others were faster, it is looked up once more, and now stays as it is.
    """
    try:
        reservation = _reserve(request, key=key, by=by)
    except NotEnough:
        _lock_levels(summed(request.lines))
        reservation = _reserve(request, key=key, by=by)
    if request.expires_in:
        reservation.expire_after(timedelta(seconds=request.expires_in))
        expire.after(timedelta(seconds=request.expires_in), reservation.id)
    return reservation


def _reserve(request: ReserveStock, *, key: str, by: str) -> Reservation:
    """All of it or, with NotEnough, none of it."""
    try:
        with transaction.atomic(using="inventory"):
            reservation = Reservation.objects.create(id=ReservationId.new(), key=key, order_id=request.order_id)
            reservation.hold(_allocated(request), by=by)
            return reservation
    except IntegrityError:
        if not _put_back_overdue(request):
            raise AlreadyReserved(order_id=request.order_id) from None
    return _reserve(request, key=key, by=by)


def _put_back_overdue(request: ReserveStock) -> bool:
    """What the order held and nobody committed in time stands in its way no longer."""
    overdue = Reservation.objects.select_for_update().filter(order_id=request.order_id, state="held").first()
    if overdue is None:
        return False
    _lock_levels({line.sku for line in overdue.lines.all()} | summed(request.lines).keys())
    return overdue.expire()


def _allocated(request: ReserveStock) -> list[Allocation]:
    wanted = summed(request.lines)
    levels = StockLevel.objects.filter(item_id__in=wanted).select_related("location")
    try:
        return allocate(wanted, [level.to_shelf() for level in levels])
    except Shortage as short:
        missing = short.wanted - short.available
        refusal = OutOfStock(sku=short.sku, wanted=short.wanted, available=short.available)
        raise refusal.announcing(StockRanOut(order_id=request.order_id, sku=short.sku, missing=missing)) from None


def _lock_levels(skus: Collection[str]) -> None:
    """One by one: a database that sorts may have another order than those who move levels."""
    keys = StockLevel.objects.filter(item_id__in=skus).values_list("item_id", "location_id")
    for sku, location in sorted(keys):
        StockLevel.at(sku, location).select_for_update().get()


def release(*, key: str, by: str) -> None:
    """Put back what was reserved under this key. Nothing held is fine. Raises AlreadyCommitted."""
    reservation = Reservation.objects.filter(key=key).first()
    if reservation:
        reservation.release(by=by)


@task("inventory.expire")
def expire(reservation_id: str) -> None:
    """Put back what nobody has committed in time. Comes back when it is early."""
    with transaction.atomic(using="inventory"):
        reservation = Reservation.objects.get(pk=reservation_id)
        if not reservation.expire() and reservation.state == "held":
            expire.after(EARLY, reservation_id)


def commit(order_id: OrderId, *, by: str) -> None:
    """Give the order what was set aside for it. Again is harmless. Raises NothingReserved."""
    reservation = _live(order_id)
    if reservation is None or not reservation.commit(by=by):
        raise NothingReserved(order_id)


def fulfil(request: FulfilReservation, *, by: str) -> Reservation:
    """Goods of an order have left, once with each parcel.

    Raises NothingSetAside, NotCommitted, MoreThanSetAside, NotEnoughOnHand.
    """
    reservation = _live(request.order_id)
    if reservation is None:
        raise NothingSetAside(order_id=request.order_id)
    if _leaves_now(reservation, request.reference):
        reservation.fulfil(_wanted(request), reference=request.reference, by=by)
    return reservation


def take_off_the_shelf(order_id: OrderId, lines: Sequence[StockLine], *, parcel: str, by: str) -> None:
    """A parcel is with the carrier, once: nobody can say any more that its pieces are to stay, be it that they were put
    back.

    Raises NothingSetAside, NotCommitted, MoreThanSetAside, NotEnoughOnHand.
    """
    reservation = _live(order_id) or _put_back(order_id)
    if reservation is None:
        raise NothingSetAside(order_id=order_id)
    if _leaves_now(reservation, parcel):
        reservation.send(summed(lines), reference=parcel, by=by)


def _leaves_now(reservation: Reservation, parcel: str) -> bool:
    """Whether it has not left before. It has now. Of a locked row. Raises NotCommitted."""
    if reservation.state == "held":
        raise NotCommitted(order_id=reservation.order_id)
    if Departure.objects.filter(reservation__order_id=reservation.order_id, reference=parcel).exists():
        return False
    reservation.departures.create(reference=parcel)
    return True


def withdraw(request: WithdrawReservation, *, by: str) -> Reservation:
    """Put back what an order no longer wants. Raises NothingSetAside, MoreThanSetAside."""
    reservation = _live(request.order_id)
    if reservation is None:
        raise NothingSetAside(order_id=request.order_id)
    reservation.withdraw(_wanted(request), reference=request.reference, by=by)
    return reservation


def _wanted(request: FulfilReservation | WithdrawReservation) -> dict[str, int] | None:
    return None if request.lines is None else summed(request.lines)


def _live(order_id: OrderId) -> Reservation | None:
    """The one that was not put back, locked."""
    live = Reservation.objects.filter(order_id=order_id).exclude(state__in=PUT_BACK)
    return live.select_for_update().first()


def _put_back(order_id: OrderId) -> Reservation | None:
    """The latest of those, locked."""
    return Reservation.objects.filter(order_id=order_id, state__in=PUT_BACK).select_for_update().order_by("-id").first()


def reservations() -> QuerySet[Reservation]:
    """All of them, with their lines."""
    return Reservation.objects.prefetch_related("lines")


def reservation_of(order_id: OrderId) -> Reservation | None:
    """The latest."""
    return reservations().filter(order_id=order_id).order_by("-id").first()
