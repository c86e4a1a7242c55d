"""Stock rows and their rules: 0 <= reserved <= on_hand + backorder_limit, and the ledger adds up to the levels.

Within a transaction, a location is locked before a reservation, a reservation before levels, and levels in the order of
(SKU, location), an item after its levels: whoever waits for one holds only smaller ones, so nobody waits in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple, Self, get_args

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from modules.inventory import contracts
from modules.inventory.allocation import Allocation, Shelf
from modules.inventory.contracts import (
    AlreadyCommitted,
    MoreThanSetAside,
    MovementReason,
    NotEnoughOnHand,
    ReservationId,
    ReservationStage,
    ReservedLine,
    Sku,
    StaleLimits,
    StaleLocation,
    StockLine,
    TakenFrom,
)
from modules.inventory.events import StockLow, StockSoldOut
from modules.inventory.states import PUT_BACK, RESERVATION, STATES
from modules.orders.contracts import OrderId
from tearline.databases.ledgers import Ledger
from tearline.events import publish


class NotEnough(Exception):
    """A level cannot move that far, or is not what it was expected to be."""


class Cause(NamedTuple):
    """Why stock moves, by what, and who asked for it."""

    reason: MovementReason
    reference: str
    actor: str


class Location(models.Model):
    """Where goods lie. What is not active holds nothing."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    priority = models.PositiveIntegerField(default=100)
    active = models.BooleanField(default=True)
    version = models.IntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"

    def expect(self, version: int | None) -> None:
        """Raises StaleLocation when it was changed since that version. Of a locked row."""
        if version not in (None, self.version):
            raise StaleLocation(location=self.code, expected=version, version=self.version)

    def change(self) -> None:
        """Save it as another version. Of a locked row."""
        self.version += 1
        self.save()

    def to_contract(self) -> contracts.Location:
        return contracts.Location(
            code=self.code, name=self.name, priority=self.priority, active=self.active, version=self.version
        )


class StockItem(models.Model):
    """A SKU that ever lay on a shelf. Its version is that of its limits, at all locations, not of its quantities."""

    sku = models.CharField(max_length=64, primary_key=True)
    version = models.IntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return self.sku

    @classmethod
    def locked(cls, sku: str) -> Self:
        return cls.objects.select_for_update(no_key=True).get(pk=sku)

    def expect(self, version: int | None) -> None:
        """Raises StaleLimits when they were changed since that version. Of a locked row."""
        if version not in (None, self.version):
            raise StaleLimits(sku=self.sku, expected=version, version=self.version)

    def to_contract(self) -> contracts.StockLevel:
        """Reads its levels, all at active locations or prefetched."""
        return in_all(self.sku, self.levels.all(), version=self.version)


class StockLevel(models.Model):
    """How many of a SKU are at a location, and how many of those are set aside. Without a row there are none."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="levels")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    backorder_limit = models.BigIntegerField(default=0)
    reorder_point = models.BigIntegerField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "location"], name="inventory_one_level_per_location"),
            models.CheckConstraint(
                condition=Q(
                    on_hand__gte=0,
                    reserved__gte=0,
                    reserved__lte=F("on_hand") + F("backorder_limit"),
                    backorder_limit__gte=0,
                ),
                name="inventory_reserved_within_on_hand_and_backorders",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} at {self.location_id}: {self.on_hand} on hand, {self.reserved} reserved"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        return self.reorder_point is not None and self.available <= self.reorder_point

    @classmethod
    def at(cls, sku: str, location: str) -> "models.QuerySet[StockLevel]":
        return StockLevel.objects.filter(item_id=sku, location_id=location)

    @classmethod
    def move(
        cls, sku: str, location: str, *, on_hand: int = 0, reserved: int = 0, cause: Cause, expected: int | None = None
    ) -> None:
        """Change a level, write it down and announce what it means, in the caller's transaction. Raises NotEnough.

        `expected`: what must be on hand before. Condition and change are one statement, so that two buyers of the last
        unit cannot both see it.
        """
        can = Q(on_hand__gte=-on_hand, reserved__gte=-reserved)
        can &= Q(reserved__lte=F("on_hand") + F("backorder_limit") + on_hand - reserved)
        if expected is not None:
            can &= Q(on_hand=expected)
        there = cls.at(sku, location)
        if not there.filter(can).update(on_hand=F("on_hand") + on_hand, reserved=F("reserved") + reserved):
            raise NotEnough(f"{sku} at {location}")
        level = there.get()
        StockMovement.objects.create(
            sku=sku,
            location=location,
            **cause._asdict(),
            on_hand_change=on_hand,
            reserved_change=reserved,
            on_hand_after=level.on_hand,
            reserved_after=level.reserved,
        )
        level.announce_since(on_hand=level.on_hand - on_hand, reserved=level.reserved - reserved)

    def limit(self, *, backorder_limit: int, reorder_point: int | None) -> None:
        """Raises NotEnough when more was promised already. Of a locked row."""
        was = {"on_hand": self.on_hand, "reserved": self.reserved, "reorder_point": self.reorder_point}
        if self.reserved > self.on_hand + backorder_limit:
            raise NotEnough(str(self))
        self.backorder_limit, self.reorder_point = backorder_limit, reorder_point
        self.save(update_fields=["backorder_limit", "reorder_point"])
        StockItem.objects.filter(pk=self.item_id).update(version=F("version") + 1)
        self.announce_since(**was)

    def announce_since(self, **was: int | None) -> None:
        """What it has come to. `was`: the fields as they were; any other is as it is now."""
        now = {"reorder_point": self.reorder_point}
        earlier = StockLevel(**(now | was))
        if self.is_low and not earlier.is_low:
            publish(
                StockLow(
                    sku=self.item_id,
                    location=self.location_id,
                    available=self.available,
                    reorder_point=self.reorder_point or 0,
                )
            )
        if self.available <= 0 < earlier.available:
            publish(StockSoldOut(sku=self.item_id, location=self.location_id))

    def too_little(self) -> NotEnoughOnHand:
        return NotEnoughOnHand(
            sku=self.item_id, location=self.location_id, on_hand=self.on_hand, reserved=self.reserved
        )

    def to_shelf(self) -> Shelf:
        """What can be had here."""
        free = self.available + self.backorder_limit
        on_shelf = max(self.available, 0)
        return Shelf(self.item_id, self.location_id, self.location.priority, on_shelf, free - on_shelf)

    def to_contract(self) -> contracts.LocationLevel:
        return contracts.LocationLevel(
            location=self.location_id,
            on_hand=self.on_hand,
            reserved=self.reserved,
            available=self.available,
            backorder_limit=self.backorder_limit,
            reorder_point=self.reorder_point,
        )


def in_all(sku: Sku, levels: Iterable[StockLevel], *, version: int | None) -> contracts.StockLevel:
    """A SKU in all of these locations together."""
    by_location = sorted((level.to_contract() for level in levels), key=lambda level: level.location)
    return contracts.StockLevel(
        sku=sku,
        on_hand=sum(level.on_hand for level in by_location),
        reserved=sum(level.reserved for level in by_location),
        available=sum(level.available for level in by_location),
        by_location=by_location,
        version=version,
    )


class Reservation(models.Model):
    """What was set aside for one order under one key. Of an order, there is one at most that was not put back."""

    id: "models.CharField[str, ReservationId]" = models.CharField(max_length=40, primary_key=True)
    key = models.CharField(max_length=400, unique=True)
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    state: "models.CharField[str, ReservationStage]" = models.CharField(max_length=16, default="held")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id"], condition=~Q(state__in=PUT_BACK), name="inventory_one_live_reservation_per_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=get_args(ReservationStage)), name="inventory_reservation_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} for {self.order_id}: {self.state}"

    def hold(self, allocations: Iterable[Allocation], *, by: str) -> None:
        """Set these aside, in their order. Raises NotEnough."""
        taken = list(allocations)
        for sku, location, quantity in taken:
            StockLevel.move(sku, location, reserved=quantity, cause=Cause("reserved", self.id, by))
        ReservationLine.objects.bulk_create(
            ReservationLine(reservation=self, sku=sku, location=location, quantity=quantity)
            for sku, location, quantity in taken
        )

    def expire_after(self, wait: timedelta) -> None:
        """By the database's clock, which is one for all."""
        Reservation.objects.filter(pk=self.pk).update(expires_at=Now() + wait)
        self.refresh_from_db(fields=["expires_at"])

    def release(self, *, by: str) -> None:
        """Put everything back on the shelf. Again is harmless. Raises AlreadyCommitted."""
        if self._go("released", since="held"):
            self._put_back(self._outstanding(), Cause("released", self.id, by))
        elif self.state not in PUT_BACK:
            raise AlreadyCommitted(order_id=self.order_id)

    def expire(self) -> bool:
        """Put everything back if the time is up. Whether this call did it."""
        expired = self._go("expired", since="held", while_=Q(expires_at__lte=Now()))
        if expired:
            self._put_back(self._outstanding(), Cause("expired", self.id, "inventory"))
        return expired

    def commit(self, *, by: str) -> bool:
        """Give it to its order for good. It stays reserved, because it stays on the shelf until it is shipped.

        Again is harmless. False when it was not in time: another may have it by now.
        """
        if self._go("committed", since="held", while_=Q(expires_at=None) | Q(expires_at__gt=Now())):
            cause = Cause("committed", self.id, by)._asdict()
            StockMovement.objects.bulk_create(
                StockMovement(sku=line.sku, location=line.location, **cause) for line in self.sorted_lines()
            )
        return self.state in ("committed", "fulfilled")

    def fulfil(self, wanted: Mapping[str, int] | None, *, reference: str, by: str) -> None:
        """Goods leave the shelf. Of a locked, committed row. Raises MoreThanSetAside, NotEnoughOnHand."""
        for line, quantity in self._portions(wanted):
            line.leave(quantity, Cause("fulfilled", reference, by))
        self._end()

    def send(self, pieces: Mapping[str, int], *, reference: str, by: str) -> None:
        """Goods have left: what is set aside and, beyond that, what was put back. Of a locked row that is not held.

        Raises MoreThanSetAside, NotEnoughOnHand.
        """
        lines = self.sorted_lines()
        set_aside, rest = _shared_out(pieces, ((line, line.outstanding) for line in lines))
        put_back, missing = _shared_out(rest, ((line, line.released) for line in lines))
        _refuse(missing, of=pieces)
        kept, lost, cause = dict(set_aside), dict(put_back), Cause("fulfilled", reference, by)
        for line in lines:
            if line in kept:
                line.leave(kept[line], cause)
            if line in lost:
                line.leave_after_all(lost[line], cause)
        if self.state == "committed":
            self._end()

    def withdraw(self, wanted: Mapping[str, int] | None, *, reference: str, by: str) -> None:
        """Put back what is still there. Of a locked row. Raises MoreThanSetAside."""
        self._put_back(self._portions(wanted), Cause("released", reference, by))
        self._end()

    def sorted_lines(self) -> "list[ReservationLine]":
        """In the order in which levels are moved. A database's collation may have another."""
        return sorted(self.lines.all(), key=lambda line: (line.sku, line.location))

    def _portions(self, wanted: Mapping[str, int] | None) -> "list[tuple[ReservationLine, int]]":
        """So many of each line still set aside, or all of it. Raises MoreThanSetAside."""
        if wanted is None:
            return self._outstanding()
        portions, missing = _shared_out(wanted, self._outstanding())
        _refuse(missing, of=wanted)
        return portions

    def _outstanding(self) -> "list[tuple[ReservationLine, int]]":
        return [(line, line.outstanding) for line in self.sorted_lines() if line.outstanding]

    def _put_back(self, portions: "Iterable[tuple[ReservationLine, int]]", cause: Cause) -> None:
        for line, quantity in portions:
            line.released += quantity
            line.save(update_fields=["released"])
            StockLevel.move(line.sku, line.location, reserved=-quantity, cause=cause)

    def _end(self) -> None:
        """Nothing outstanding: it is over."""
        lines = self.sorted_lines()
        if not any(line.outstanding for line in lines):
            left_any = any(line.fulfilled for line in lines)
            self._go("fulfilled" if left_any else "released", since=self.state)

    def _go(self, state: ReservationStage, *, since: ReservationStage, while_: Q | None = None) -> bool:
        """Whether this call did it: of two at once, one does. Its state is as it is then."""
        RESERVATION.check(since, state)
        left = Reservation.objects.filter(while_ or Q(), pk=self.pk, state=since).update(state=state)
        self.refresh_from_db(fields=["state"])
        return left == 1

    def to_contract(self) -> contracts.Reservation:
        by_sku = groupby(self.sorted_lines(), key=lambda line: line.sku)
        return contracts.Reservation(
            id=self.id,
            order_id=self.order_id,
            state=STATES[self.state],
            stage=self.state,
            lines=[_as_one(sku, list(lines)) for sku, lines in by_sku],
            created_at=self.created_at,
            expires_at=self.expires_at,
        )


class ReservationLine(models.Model):
    """So many of one SKU at one location within a reservation: some have left, some were put back."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    # No foreign key: each would lock the location's one row for every order. Its level is what it moves.
    location = models.CharField(max_length=32)
    quantity = models.BigIntegerField()
    fulfilled = models.BigIntegerField(default=0)
    released = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reservation", "sku", "location"], name="inventory_one_line_per_sku_and_location"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(fulfilled__gte=0, released__gte=0, quantity__gte=F("fulfilled") + F("released")),
                name="inventory_line_gives_no_more_than_it_holds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.sku} at {self.location}"

    @property
    def outstanding(self) -> int:
        return self.quantity - self.fulfilled - self.released

    def leave(self, quantity: int, cause: Cause) -> None:
        """So many that are set aside are on the shelf no more. Raises NotEnoughOnHand."""
        self.fulfilled += quantity
        self._take(quantity, cause, reserved=quantity)

    def leave_after_all(self, quantity: int, cause: Cause) -> None:
        """So many that were put back are gone, and nothing is set aside for them. Raises NotEnoughOnHand."""
        self.released -= quantity
        self.fulfilled += quantity
        self._take(quantity, cause, reserved=0)

    def _take(self, quantity: int, cause: Cause, *, reserved: int) -> None:
        self.save(update_fields=["fulfilled", "released"])
        try:
            StockLevel.move(self.sku, self.location, on_hand=-quantity, reserved=-reserved, cause=cause)
        except NotEnough:
            raise StockLevel.at(self.sku, self.location).get().too_little() from None


def _shared_out(
    pieces: Mapping[str, int], there: Iterable[tuple[ReservationLine, int]]
) -> tuple[list[tuple[ReservationLine, int]], dict[str, int]]:
    """So many of each line, in their order; and of each SKU, so many for which there are too few."""
    missing, portions = dict(pieces), []
    for line, most in there:
        if quantity := min(missing.get(line.sku, 0), most):
            portions.append((line, quantity))
            missing[line.sku] -= quantity
    return portions, missing


def _refuse(missing: Mapping[str, int], *, of: Mapping[str, int]) -> None:
    """Raises MoreThanSetAside if any are missing."""
    for sku, quantity in sorted(missing.items()):
        if quantity:
            raise MoreThanSetAside(sku=sku, wanted=of[sku], set_aside=of[sku] - quantity)


def _as_one(sku: Sku, lines: Sequence[ReservationLine]) -> ReservedLine:
    return ReservedLine(
        sku=sku,
        quantity=sum(line.quantity for line in lines),
        fulfilled=sum(line.fulfilled for line in lines),
        released=sum(line.released for line in lines),
        taken_from=[TakenFrom(location=line.location, quantity=line.quantity) for line in lines],
    )


class Departure(models.Model):
    """A parcel with which goods of a reservation left, so that it leaves once."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="departures")
    reference = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reservation", "reference"], name="inventory_each_parcel_leaves_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference} of {self.reservation_id}"


class StockMovement(Ledger):
    """One line of the ledger: what changed, why, by what and by whom. Written once.

    Of a SKU at a location, the ids follow the changes, and each line has the balance that it left; null, if it changed
    nothing.
    """

    sku = models.CharField(max_length=64)
    location = models.CharField(max_length=32)
    on_hand_change = models.BigIntegerField(default=0)
    reserved_change = models.BigIntegerField(default=0)
    on_hand_after = models.BigIntegerField(null=True, default=None)
    reserved_after = models.BigIntegerField(null=True, default=None)
    reason: "models.CharField[str, MovementReason]" = models.CharField(max_length=16)
    reference = models.CharField(max_length=200)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=get_args(MovementReason)), name="inventory_movement_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(on_hand_after__isnull=False, reserved_after__isnull=False)
                & Q(on_hand_after__gte=0, reserved_after__gte=0)
                | Q(on_hand_change=0, reserved_change=0, on_hand_after=None, reserved_after=None),
                name="inventory_movement_leaves_a_balance",
            ),
        ]
        indexes = [models.Index(fields=["sku", "id"], name="inventory_ledger_of_sku")]

    def __str__(self) -> str:
        return f"{self.sku}: {self.on_hand_change:+} on hand, {self.reserved_change:+} reserved ({self.reason})"

    def to_contract(self) -> contracts.Movement:
        return contracts.Movement(
            id=self.pk,
            sku=self.sku,
            location=self.location,
            reason=self.reason,
            on_hand_change=self.on_hand_change,
            reserved_change=self.reserved_change,
            on_hand_after=self.on_hand_after,
            reserved_after=self.reserved_after,
            reference=self.reference,
            actor=self.actor,
            at=self.at,
        )


def summed(lines: Iterable[StockLine]) -> dict[str, int]:
    """By SKU: lines with the same one count as one."""
    total: dict[str, int] = {}
    for line in lines:
        total[line.sku] = total.get(line.sku, 0) + line.quantity
    return total
