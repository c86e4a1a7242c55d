"""What of an order is to be sent, in which parcels, and what the carrier said of them.

Of every SKU ordered: coming_back <= sent <= packed <= ordered - cancelled.

Within a transaction, the order's consignment is locked before any of its shipments, so that whoever stops, packs or
moves something of an order waits for whoever is at it already.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self, get_args

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.shipping import contracts
from modules.shipping.adapters import Label
from modules.shipping.contracts import (
    CarrierEventId,
    CarrierEventState,
    Direction,
    NotThatManyLeft,
    NotThatManySent,
    ShipmentId,
    ShipmentLine,
    ShipmentState,
    StaleShipment,
    TrackingStatus,
)
from modules.shipping.states import LEFT, SHIPMENT
from tearline.databases.ledgers import Ledger

LABELS = ("none", "bought", "voiding", "voided")


class Consignment(models.Model):
    """What of one order is to be sent. It is there as soon as the order is heard of, be it that it is stopped."""

    order_id: "models.CharField[str, OrderId]" = models.CharField(primary_key=True, max_length=40)
    confirmed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"consignment of {self.order_id}"

    @classmethod
    def locked(cls, order_id: OrderId) -> Self:
        """It is ours until the open transaction ends."""
        rows = cls.objects.select_for_update()
        found = rows.filter(order_id=order_id).first()
        if found is None:
            cls.objects.bulk_create([cls(order_id=order_id)], ignore_conflicts=True)
        return found or rows.get(order_id=order_id)

    @property
    def is_stopped(self) -> bool:
        return self.stops.filter(taken_back=False).exists()

    def confirm(self, lines: Sequence[ShipmentLine]) -> None:
        """Note what was ordered."""
        self.confirmed = True
        self.save(update_fields=["confirmed"])
        ConsignmentLine.objects.bulk_create(
            ConsignmentLine(consignment=self, sku=sku, ordered=ordered) for sku, ordered in summed(lines).items()
        )

    def cancel_the_rest(self) -> None:
        """Whatever is in no parcel is not to be packed."""
        self.lines.update(cancelled=F("ordered") - F("packed"))

    def want_the_rest(self) -> None:
        self.lines.update(cancelled=0)

    def rest(self) -> list[ShipmentLine]:
        """What is wanted, and in no parcel."""
        return [ShipmentLine(sku=line.sku, quantity=line.rest) for line in self.lines.order_by("id") if line.rest]

    def shipments(self) -> "models.QuerySet[Shipment]":
        """To the customer and back, oldest first."""
        return Shipment.objects.filter(order_id=self.order_id).prefetch_related("lines").order_by("id")


class ConsignmentLine(models.Model):
    """How many pieces of a SKU were ordered; of these, are in parcels to the customer that are not cancelled; are not
    wanted any more; have left; are in parcels back that are not cancelled.

    A cancelled parcel counts as packed until the carrier has taken its label back: it may be under way.
    """

    id = models.BigAutoField(primary_key=True)
    consignment = models.ForeignKey(Consignment, models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    ordered = models.PositiveIntegerField()
    packed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    coming_back = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["consignment", "sku"], name="shipping_one_consignment_line_per_sku"),
            models.CheckConstraint(
                condition=Q(packed__gte=0, cancelled__gte=0, packed__lte=F("ordered") - F("cancelled")),
                name="shipping_packed_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(coming_back__gte=0, coming_back__lte=F("sent"), sent__lte=F("packed")),
                name="shipping_sent_within_packed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.packed} of {self.ordered} {self.sku} packed, {self.cancelled} cancelled"

    @property
    def rest(self) -> int:
        return self.ordered - self.cancelled - self.packed


class Stop(models.Model):
    """Somebody wants nothing of an order to leave any more, under this key, until it is taken back."""

    key = models.CharField(primary_key=True, max_length=400)
    consignment = models.ForeignKey(Consignment, models.CASCADE, related_name="stops")
    reason = models.CharField(max_length=500)
    taken_back = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.consignment_id} stopped: {self.reason}"


class Shipment(models.Model):
    """One parcel of one order. What is ready or has left is labelled: the database refuses the one without the other.

    `label`: none was bought; bought, and still ours; to be given back to the carrier; given back.
    `pack_again`: into which parcels the pieces go once it is. `looks`: how often the carrier was asked where it
    is. `moved_at`: when the carrier saw it come into its state, by the carrier's clock.
    """

    id: "models.CharField[str, ShipmentId]" = models.CharField(
        primary_key=True, max_length=40, default=ShipmentId.new, editable=False
    )
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    direction: "models.CharField[str, Direction]" = models.CharField(max_length=10, default="outbound")
    state: "models.CharField[str, ShipmentState]" = models.CharField(max_length=20, default="pending")
    service = models.CharField(max_length=60, default="", blank=True)
    held_for = models.CharField(max_length=500, default="", blank=True)
    cancelled_for = models.CharField(max_length=500, default="", blank=True)
    label = models.CharField(max_length=10, default="none")
    pack_again: "models.JSONField[list[list[dict[str, Any]]] | None]" = models.JSONField(null=True, default=None)
    carrier = models.CharField(max_length=100, default="", blank=True)
    tracking_number = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.IntegerField(default=1, db_default=1)
    looks = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(null=True, default=None)
    dispatched_at = models.DateTimeField(null=True, default=None)
    delivered_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(direction__in=get_args(Direction)), name="shipping_shipment_direction_known"
            ),
            models.CheckConstraint(condition=Q(label__in=LABELS), name="shipping_shipment_label_known"),
            models.CheckConstraint(
                name="shipping_state_fits_label",
                condition=Q(state="pending", label="none")
                | Q(state="cancelled")
                | Q(state="on_hold", label__in=["none", "bought"])
                | Q(state__in=("ready", *LEFT), label="bought"),
            ),
            models.CheckConstraint(
                name="shipping_labelled_means_tracked",
                condition=Q(label="none", carrier="", tracking_number="")
                | (~Q(label="none") & ~Q(carrier="") & ~Q(tracking_number="")),
            ),
            models.CheckConstraint(
                name="shipping_left_means_dispatched",
                condition=Q(state__in=LEFT, dispatched_at__isnull=False)
                | (~Q(state__in=LEFT) & Q(dispatched_at__isnull=True)),
            ),
            models.UniqueConstraint(
                name="shipping_tracking_number_once",
                fields=["carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @classmethod
    def locked(cls, shipment_id: str) -> Self:
        """With its consignment. Both are ours until the open transaction ends."""
        Consignment.locked(cls.objects.values_list("order_id", flat=True).get(id=shipment_id))
        return cls.objects.select_for_update().get(id=shipment_id)

    @property
    def is_return(self) -> bool:
        return self.direction == "return"

    @property
    def has_left(self) -> bool:
        return self.state in LEFT

    def pack(self, lines: Sequence[ShipmentLine]) -> None:
        """Raises NotThatManyLeft, NotThatManySent. Test and change are one statement."""
        for sku, quantity in sorted(summed(lines).items()):
            if self.is_return:
                taken = self._of_the_order(sku).filter(coming_back__lte=F("sent") - quantity)
                if not taken.update(coming_back=F("coming_back") + quantity):
                    raise NotThatManySent(order_id=self.order_id, sku=sku, wanted=quantity)
            else:
                taken = self._of_the_order(sku).filter(packed__lte=F("ordered") - F("cancelled") - quantity)
                if not taken.update(packed=F("packed") + quantity):
                    raise NotThatManyLeft(order_id=self.order_id, sku=sku, wanted=quantity)
        Line.objects.bulk_create(Line(shipment=self, sku=line.sku, quantity=line.quantity) for line in lines)

    def unpack(self) -> None:
        """Its pieces are in no parcel any more. Of an order that is stopped, nobody wants them."""
        stopped = Consignment(order_id=self.order_id).is_stopped
        for sku, quantity in sorted(summed(self.packed_lines()).items()):
            there = self._of_the_order(sku)
            if self.is_return:
                there.update(coming_back=F("coming_back") - quantity)
            else:
                wanted_no_more = quantity if stopped else 0
                there.update(packed=F("packed") - quantity, cancelled=F("cancelled") + wanted_no_more)

    def expect(self, version: int | None) -> None:
        """Raises StaleShipment when it has changed since that version. Of a locked row."""
        if version not in (None, self.version):
            raise StaleShipment(shipment_id=self.id, expected=version, version=self.version)

    def change(self) -> None:
        """Save it as another version: what is told of it is different now. Of a locked row."""
        self.version += 1
        self.save()

    def choose(self, service: str) -> None:
        """By which service it goes, once it has a label."""
        self.service = service
        self.change()

    def stick(self, label: Label) -> None:
        """Make it ready to be handed over, unless it is not to leave."""
        self.label, self.carrier, self.tracking_number = "bought", label.carrier, label.tracking_number
        self.service = label.service or self.service
        if self.state == "pending":
            self.become("ready")
        self.change()

    def hold(self, reason: str) -> None:
        """It is not to leave, for now."""
        self.become("on_hold")
        self.held_for = reason
        self.change()

    def release(self) -> None:
        """It may leave again."""
        self.become("ready" if self.label == "bought" else "pending")
        self.held_for = ""
        self.change()

    def cancel(self, reason: str, *, pack_again: Sequence[Sequence[ShipmentLine]] | None = None) -> None:
        """Nothing of it leaves, as far as it is up to us. A label is to be given back."""
        self.become("cancelled")
        self.cancelled_for = reason
        if pack_again is not None:
            self.pack_again = [[line.model_dump() for line in lines] for lines in pack_again]
        if self.label == "bought":
            self.label = "voiding"
        self.change()

    def move(self, state: ShipmentState, *, at: datetime, seen: bool = True) -> bool:
        """Have it go where the carrier says. Whether it had not left before. `seen`: the time is the carrier's."""
        leaves = not self.has_left
        self.become(state)
        self.label, self.held_for, self.cancelled_for = "bought", "", ""
        self.moved_at = at if seen else None
        self.dispatched_at = self.dispatched_at or at
        if leaves and not self.is_return:
            for sku, quantity in sorted(summed(self.packed_lines()).items()):
                self._of_the_order(sku).update(sent=F("sent") + quantity)
        if state == "delivered":
            self.delivered_at = at
        self.change()
        return leaves

    def can_move(self, state: str, *, at: datetime) -> bool:
        """Whether the carrier's news are news: neither from before what is known, nor back from there."""
        is_late = self.moved_at is not None and at < self.moved_at
        return not is_late and self.label != "voided" and self.state != state and SHIPMENT.allows(self.state, state)

    def become(self, state: ShipmentState) -> None:
        """Raises IllegalTransition."""
        SHIPMENT.check(self.state, state)
        self.state = state

    def parcels_again(self) -> list[list[ShipmentLine]]:
        return [[ShipmentLine.model_validate(line) for line in lines] for lines in self.pack_again or []]

    def packed_lines(self) -> list[ShipmentLine]:
        return [line.to_contract() for line in self.lines.all()]

    def _of_the_order(self, sku: str) -> "models.QuerySet[ConsignmentLine]":
        return ConsignmentLine.objects.filter(consignment_id=self.order_id, sku=sku)

    def to_contract(self) -> contracts.Shipment:
        return contracts.Shipment(
            id=self.id,
            order_id=self.order_id,
            state=self.state,
            lines=self.packed_lines(),
            carrier=self.carrier or None,
            tracking_number=self.tracking_number or None,
            created_at=self.created_at,
            direction=self.direction,
            service=self.service or None,
            held_for=self.held_for or None,
            cancelled_for=self.cancelled_for or None,
            dispatched_at=self.dispatched_at,
            delivered_at=self.delivered_at,
            version=self.version,
        )


class Line(models.Model):
    """So many pieces of one SKU in the parcel."""

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="shipping_line_carries_something", condition=Q(quantity__gte=1)),)

    def __str__(self) -> str:
        return f"{self.quantity} of {self.sku}"

    def to_contract(self) -> ShipmentLine:
        return ShipmentLine(sku=self.sku, quantity=self.quantity)


class TrackingEntry(Ledger):
    """What the carrier has seen of a parcel. Kept whenever it is heard, once; whether it moved the parcel or not."""

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="history")
    scan = models.CharField(max_length=200)
    status: "models.CharField[str, TrackingStatus]" = models.CharField(max_length=20)
    detail = models.CharField(max_length=500)
    at = models.DateTimeField()
    heard_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shipment", "scan"], name="shipping_scan_once"),)

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.status} at {self.at}"

    def to_contract(self) -> contracts.TrackingEvent:
        return contracts.TrackingEvent(status=self.status, detail=self.detail, at=self.at, heard_at=self.heard_at)


class CarrierEvent(models.Model):
    """What the carrier told us by itself, as it came. Each of its events is kept once."""

    id: "models.CharField[str, CarrierEventId]" = models.CharField(primary_key=True, max_length=40)
    carrier = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    tracking_number = models.CharField(max_length=200)
    body = models.TextField()
    state: "models.CharField[str, CarrierEventState]" = models.CharField(max_length=16, default="received")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["carrier", "event_id"], name="shipping_carrier_event_once"),
            models.CheckConstraint(
                condition=Q(state__in=get_args(CarrierEventState)), name="shipping_carrier_event_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id} ({self.state})"

    def to_contract(self) -> contracts.CarrierEvent:
        return contracts.CarrierEvent(
            id=self.id,
            carrier=self.carrier,
            event_id=self.event_id,
            kind=self.kind,
            tracking_number=self.tracking_number,
            state=self.state,
            received_at=self.received_at,
        )


def summed(lines: Iterable[ShipmentLine]) -> Counter[str]:
    """How many of each SKU."""
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.sku] += line.quantity
    return pieces
