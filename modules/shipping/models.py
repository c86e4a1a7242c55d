"""Shipments and what they carry."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.shipping import contracts
from modules.shipping.adapters import Label


class Shipment(models.Model):
    """One parcel of one order. Ready means labelled: the database refuses the one without the other."""

    id: "models.CharField[str, contracts.ShipmentId]" = models.CharField(
        primary_key=True, max_length=40, default=contracts.ShipmentId.new, editable=False
    )
    order_id: "models.CharField[str, OrderId]" = models.CharField(max_length=40, unique=True)
    state: "models.CharField[str, contracts.ShipmentState]" = models.CharField(max_length=20, default="pending")
    carrier = models.CharField(max_length=100, default="", blank=True)
    tracking_number = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="shipping_ready_means_labelled",
                condition=Q(state="pending", carrier="", tracking_number="")
                | (Q(state="ready") & ~Q(carrier="") & ~Q(tracking_number="")),
            ),
            models.UniqueConstraint(
                name="shipping_tracking_number_once", fields=["carrier", "tracking_number"], condition=Q(state="ready")
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"

    def pack(self, lines: Sequence[contracts.ShipmentLine]) -> None:
        Line.objects.bulk_create(Line(shipment=self, sku=line.sku, quantity=line.quantity) for line in lines)

    def stick(self, label: Label) -> None:
        """Make it ready to be handed over."""
        self.state, self.carrier, self.tracking_number = "ready", label.carrier, label.tracking_number
        self.save(update_fields=["state", "carrier", "tracking_number"])

    def to_contract(self) -> contracts.Shipment:
        return contracts.Shipment(
            id=self.id,
            order_id=self.order_id,
            state=self.state,
            lines=[line.to_contract() for line in self.lines.all()],
            carrier=self.carrier or None,
            tracking_number=self.tracking_number or None,
            created_at=self.created_at,
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

    def to_contract(self) -> contracts.ShipmentLine:
        return contracts.ShipmentLine(sku=self.sku, quantity=self.quantity)
