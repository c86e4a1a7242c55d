"""What of an order is to be sent, in which parcels, and what the carrier said of them.

Of every SKU ordered: packed + cancelled <= ordered. Within a transaction, the order's consignment is locked before
any of its shipments, so that whoever stops, packs or moves something of an order waits for whoever is at it already.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.shipping import contracts
from modules.shipping.adapters import Label
from modules.shipping.contracts import NotThatManyLeft, ShipmentId, ShipmentLine, ShipmentState
from modules.shipping.states import LEFT, SHIPMENT

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
        cls.objects.get_or_create(order_id=order_id)
        return cls.objects.select_for_update().get(order_id=order_id)

    @property
    def is_stopped(self) -> bool:
        return self.stops.filter(taken_back=False).exists()

    def confirm(self, lines: Sequence[ShipmentLine]) -> bool:
        """Note what was ordered, once. Whether this call did it. What was stopped before counts as cancelled."""
        if self.confirmed:
            return False
        self.confirmed = True
        self.save(update_fields=["confirmed"])
        stopped = self.is_stopped
        ConsignmentLine.objects.bulk_create(
            ConsignmentLine(consignment=self, sku=sku, ordered=ordered, cancelled=ordered if stopped else 0)
            for sku, ordered in summed(lines).items()
        )
        return True

    def cancel_the_rest(self) -> None:
        """Whatever is in no parcel is not to be packed."""
        self.lines.update(cancelled=F("ordered") - F("packed"))

    def want_the_rest(self) -> None:
        self.lines.update(cancelled=0)

    def rest(self) -> list[ShipmentLine]:
        """What is wanted, and in no parcel."""
        return [ShipmentLine(sku=line.sku, quantity=line.rest) for line in self.lines.order_by("id") if line.rest]

    def shipments(self) -> "models.QuerySet[Shipment]":
        """Oldest first."""
        return Shipment.objects.filter(order_id=self.order_id).prefetch_related("lines").order_by("id")


class ConsignmentLine(models.Model):
    """How many pieces of a SKU were ordered; of these, are in parcels that are not cancelled; are not wanted any more.

    A cancelled parcel counts as packed until the carrier has taken its label back: it may be under way.
    """

    id = models.BigAutoField(primary_key=True)
    consignment = models.ForeignKey(Consignment, models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    ordered = models.PositiveIntegerField()
    packed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["consignment", "sku"], name="shipping_one_consignment_line_per_sku"),
            models.CheckConstraint(
                condition=Q(packed__gte=0, cancelled__gte=0, packed__lte=F("ordered") - F("cancelled")),
                name="shipping_packed_within_ordered",
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
    `pack_again`: once it is given back, the pieces are wanted again.
    """

    id: "models.CharField[str, ShipmentId]" = models.CharField(
        primary_key=True, max_length=40, default=ShipmentId.new, editable=False
    )
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, db_index=True)
    state: "models.CharField[str, ShipmentState]" = models.CharField(max_length=20, default="pending")
    held_for = models.CharField(max_length=500, default="", blank=True)
    cancelled_for = models.CharField(max_length=500, default="", blank=True)
    label = models.CharField(max_length=10, default="none")
    pack_again = models.BooleanField(default=False)
    carrier = models.CharField(max_length=100, default="", blank=True)
    tracking_number = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    dispatched_at = models.DateTimeField(null=True, default=None)
    delivered_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = (
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
    def has_left(self) -> bool:
        return self.state in LEFT

    def pack(self, lines: Sequence[ShipmentLine]) -> None:
        """Raises NotThatManyLeft: fewer are wanted and in no parcel yet. Test and change are one statement."""
        for sku, quantity in sorted(summed(lines).items()):
            left = Q(packed__lte=F("ordered") - F("cancelled") - quantity)
            if not self._of_the_order().filter(left, sku=sku).update(packed=F("packed") + quantity):
                raise NotThatManyLeft(order_id=self.order_id, sku=sku, wanted=quantity)
        Line.objects.bulk_create(Line(shipment=self, sku=line.sku, quantity=line.quantity) for line in lines)

    def unpack(self) -> None:
        """Its pieces are in no parcel any more. Of an order that is stopped, nobody wants them."""
        stopped = Consignment(order_id=self.order_id).is_stopped
        for sku, quantity in sorted(summed(self.packed_lines()).items()):
            wanted_no_more = quantity if stopped else 0
            self._of_the_order().filter(sku=sku).update(
                packed=F("packed") - quantity, cancelled=F("cancelled") + wanted_no_more
            )

    def stick(self, label: Label) -> None:
        """Make it ready to be handed over, unless it is not to leave."""
        self.label, self.carrier, self.tracking_number = "bought", label.carrier, label.tracking_number
        if self.state == "pending":
            self.become("ready")
        self.save()

    def cancel(self, reason: str) -> None:
        """Nothing of it leaves, as far as it is up to us. A label is to be given back."""
        self.become("cancelled")
        self.cancelled_for = reason
        if self.label == "bought":
            self.label = "voiding"
        self.save()

    def dispatch(self, state: ShipmentState, at: datetime) -> None:
        """The carrier has it."""
        self.become(state)
        self.label, self.dispatched_at, self.held_for, self.cancelled_for = "bought", at, "", ""
        self.save()

    def become(self, state: ShipmentState) -> None:
        """Raises IllegalTransition."""
        SHIPMENT.check(self.state, state)
        self.state = state

    def packed_lines(self) -> list[ShipmentLine]:
        return [line.to_contract() for line in self.lines.all()]

    def _of_the_order(self) -> "models.QuerySet[ConsignmentLine]":
        return ConsignmentLine.objects.filter(consignment_id=self.order_id)

    def to_contract(self) -> contracts.Shipment:
        return contracts.Shipment(
            id=self.id,
            order_id=self.order_id,
            state=self.state,
            lines=self.packed_lines(),
            carrier=self.carrier or None,
            tracking_number=self.tracking_number or None,
            created_at=self.created_at,
            held_for=self.held_for or None,
            cancelled_for=self.cancelled_for or None,
            dispatched_at=self.dispatched_at,
            delivered_at=self.delivered_at,
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


def summed(lines: Iterable[ShipmentLine]) -> Counter[str]:
    """How many of each SKU."""
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.sku] += line.quantity
    return pieces
