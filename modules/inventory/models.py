"""Stock rows and their rules: 0 <= reserved <= on_hand, and the movements of a SKU add up to its level."""

from typing import Literal, get_args

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modules.inventory import contracts
from modules.inventory.contracts import AlreadyCommitted, ReservationId, ReservationState, StockLine
from modules.orders.contracts import OrderId
from tearline.databases.ledgers import Ledger

Reason = Literal["received", "reserved", "released", "committed"]


class NotEnough(Exception):
    """A level cannot move that far: it would break 0 <= reserved <= on_hand."""


class StockLevel(models.Model):
    """How many of a SKU are on the shelf, and how many of those are set aside. A SKU without a row has none."""

    sku = models.CharField(max_length=64, primary_key=True)
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="inventory_reserved_within_on_hand"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sku}: {self.on_hand} on hand, {self.reserved} reserved"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @classmethod
    def move(cls, sku: str, *, on_hand: int = 0, reserved: int = 0, reason: Reason, reference: str) -> None:
        """Change a level and write it down, in the caller's transaction. Raises NotEnough.

        Condition and change are one statement, so that two buyers of the last unit cannot both see it.
        """
        moved = cls.objects.filter(
            sku=sku, reserved__gte=-reserved, on_hand__gte=F("reserved") + reserved - on_hand
        ).update(on_hand=F("on_hand") + on_hand, reserved=F("reserved") + reserved)
        if not moved:
            raise NotEnough(sku)
        StockMovement.objects.create(
            sku=sku, on_hand_change=on_hand, reserved_change=reserved, reason=reason, reference=reference
        )

    def to_contract(self) -> contracts.StockLevel:
        return contracts.StockLevel(
            sku=self.sku, on_hand=self.on_hand, reserved=self.reserved, available=self.available
        )


class Reservation(models.Model):
    """What was set aside for one order under one key. Of an order, one at most is live: held or committed."""

    id: "models.CharField[str, ReservationId]" = models.CharField(max_length=40, primary_key=True)
    key = models.CharField(max_length=400, unique=True)
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    state: "models.CharField[str, ReservationState]" = models.CharField(max_length=16, default="held")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id"], condition=~Q(state="released"), name="inventory_one_live_reservation_per_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=get_args(ReservationState)), name="inventory_reservation_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} for {self.order_id}: {self.state}"

    def hold(self, sku: str, quantity: int) -> None:
        """Set so many aside for this reservation. Raises NotEnough."""
        StockLevel.move(sku, reserved=quantity, reason="reserved", reference=self.id)
        self.lines.create(sku=sku, quantity=quantity)

    def release(self) -> None:
        """Put everything back on the shelf. Again is harmless. Raises AlreadyCommitted."""
        if self._leave_held_for("released"):
            for line in self.sorted_lines():
                StockLevel.move(line.sku, reserved=-line.quantity, reason="released", reference=self.id)
        elif self.state == "committed":
            raise AlreadyCommitted(order_id=self.order_id)

    def commit(self) -> None:
        """Give it to its order for good. It stays reserved, because it stays on the shelf until it is shipped.

        Again is harmless.
        """
        if self._leave_held_for("committed"):
            StockMovement.objects.bulk_create(
                StockMovement(sku=line.sku, reason="committed", reference=self.id) for line in self.sorted_lines()
            )

    def sorted_lines(self) -> "list[ReservationLine]":
        """In the order in which levels are moved. A database's collation may have another."""
        return sorted(self.lines.all(), key=lambda line: line.sku)

    def _leave_held_for(self, state: ReservationState) -> bool:
        """Whether this call did it: of two at once, one does."""
        left = Reservation.objects.filter(pk=self.pk, state="held").update(state=state)
        self.refresh_from_db(fields=["state"])
        return left == 1

    def to_contract(self) -> contracts.Reservation:
        return contracts.Reservation(
            id=self.id,
            order_id=self.order_id,
            state=self.state,
            lines=[StockLine(sku=line.sku, quantity=line.quantity) for line in self.sorted_lines()],
            created_at=self.created_at,
        )


class ReservationLine(models.Model):
    """So many of one SKU within a reservation."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reservation", "sku"], name="inventory_one_line_per_sku"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.sku}"


class StockMovement(Ledger):
    """One line of the ledger: what changed, why, and by what. Written once; per SKU the ids follow the changes."""

    sku = models.CharField(max_length=64)
    on_hand_change = models.BigIntegerField(default=0)
    reserved_change = models.BigIntegerField(default=0)
    reason: "models.CharField[str, Reason]" = models.CharField(max_length=16)
    reference = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=get_args(Reason)), name="inventory_movement_reason_known")
        ]
        indexes = [models.Index(fields=["sku", "id"], name="inventory_ledger_of_sku")]

    def __str__(self) -> str:
        return f"{self.sku}: {self.on_hand_change:+} on hand, {self.reserved_change:+} reserved ({self.reason})"
