"""What inventory does. Every function that changes something runs in its caller's transaction."""

from collections import Counter
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from modules.inventory.contracts import AlreadyReserved, OutOfStock, ReservationId, StockLine
from modules.inventory.events import StockRanOut
from modules.inventory.models import NotEnough, Reservation, StockLevel
from modules.orders.contracts import OrderId


class NothingReserved(LookupError):
    """An order was confirmed and nothing is set aside for it: somebody has to look."""


def reserve(order_id: OrderId, lines: Sequence[StockLine], *, key: str) -> Reservation:
    """Set everything aside. Raises OutOfStock or AlreadyReserved; the caller then rolls back what was set aside so far.

    SKUs are taken in their order: whoever waits for one holds only smaller ones, so nobody waits in a circle.
    """
    reservation = _open(order_id, key)
    for sku, quantity in sorted(_summed(lines).items()):
        try:
            reservation.hold(sku, quantity)
        except NotEnough:
            raise _out_of_stock(order_id, sku, quantity) from None
    return reservation


def _open(order_id: OrderId, key: str) -> Reservation:
    try:
        with transaction.atomic(using="inventory"):
            return Reservation.objects.create(id=ReservationId.new(), key=key, order_id=order_id)
    except IntegrityError:
        raise AlreadyReserved(order_id=order_id) from None


def _summed(lines: Sequence[StockLine]) -> Counter[str]:
    total: Counter[str] = Counter()
    for line in lines:
        total[line.sku] += line.quantity
    return total


def _out_of_stock(order_id: OrderId, sku: str, wanted: int) -> OutOfStock:
    level = StockLevel.objects.filter(sku=sku).first()
    # Somebody may have put units back since they were wanted; then, too, there were fewer.
    available = min(level.available if level else 0, wanted - 1)
    refusal = OutOfStock(sku=sku, wanted=wanted, available=available)
    return refusal.announcing(StockRanOut(order_id=order_id, sku=sku, missing=wanted - available))


def release(*, key: str) -> None:
    """Put back what was reserved under this key. Nothing held is fine. Raises AlreadyCommitted."""
    reservation = Reservation.objects.filter(key=key).first()
    if reservation:
        reservation.release()


def commit(order_id: OrderId) -> None:
    """Give the order what was set aside for it. Again is harmless. Raises NothingReserved."""
    live = Reservation.objects.filter(order_id=order_id).exclude(state="released")
    reservation = live.select_for_update().first()
    if reservation is None:
        raise NothingReserved(order_id)
    reservation.commit()


def receive(sku: str, quantity: int, *, reference: str) -> StockLevel:
    """Put goods on the shelf."""
    StockLevel.objects.bulk_create([StockLevel(sku=sku)], ignore_conflicts=True)
    StockLevel.move(sku, on_hand=quantity, reason="received", reference=reference)
    return StockLevel.objects.get(sku=sku)


def levels(skus: Sequence[str]) -> list[StockLevel]:
    """In the order asked; none of an unknown SKU."""
    known = StockLevel.objects.in_bulk(list(set(skus)))
    return [known.get(sku) or StockLevel(sku=sku) for sku in skus]


def stock(*, sku: str | None = None) -> QuerySet[StockLevel]:
    """The levels of every SKU ever received, or of one."""
    found = StockLevel.objects.all()
    return found if sku is None else found.filter(pk=sku)


def reservations(*, order_id: str | None = None) -> QuerySet[Reservation]:
    """All of them, or those of an order, with their lines."""
    found = Reservation.objects.prefetch_related("lines")
    return found if order_id is None else found.filter(order_id=order_id)


def reservation_of(order_id: OrderId) -> Reservation | None:
    """The latest."""
    return reservations(order_id=order_id).order_by("-id").first()
