"""Orders, their lines, and what became of them."""

from typing import get_args

from django.db import models
from django.db.models import Q
from django.utils import timezone

from modules.orders import contracts
from modules.orders.contracts import Address, Failure, OrderId
from modules.orders.events import OrderCancelled, OrderConfirmed, OrderedLine, OrderPlaced
from tearline.contracts import Money
from tearline.databases.ledgers import Ledger
from tearline.events import publish


class Order(models.Model):
    """One order. Its lines and prices are frozen when it is placed."""

    id: "models.CharField[str, OrderId]" = models.CharField(primary_key=True, max_length=40)
    status: "models.CharField[str, contracts.OrderStatus]" = models.CharField(max_length=20, default="pending")
    email = models.CharField(max_length=254)
    ship_to = models.JSONField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    payment_method = models.CharField(max_length=64)
    failure_code = models.CharField(max_length=200, default="")
    failure_detail = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(total__gte=0), name="orders_order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=get_args(contracts.OrderStatus)), name="orders_order_status_known"
            ),
        )
        indexes = (models.Index(fields=["status", "id"], name="orders_order_by_status"),)

    def key(self, part: str) -> str:
        """The idempotency key under which one part of this order is done, and undone."""
        return f"{self.id}.{part}"

    @property
    def amount(self) -> Money:
        return Money(amount=self.total, currency=self.currency)

    @property
    def is_free(self) -> bool:
        """Nothing is to be paid, and no payment can be asked for nothing."""
        return self.total == 0

    def place(self, *, by: str) -> None:
        self.note("placed", who=by)
        publish(OrderPlaced(order_id=self.id, total=self.amount))

    def confirm(self) -> None:
        self._become("confirmed")
        self.note("confirmed")
        lines = [OrderedLine(sku=line.sku, quantity=line.quantity) for line in self.lines.all()]
        publish(OrderConfirmed(order_id=self.id, total=self.amount, lines=lines))

    def cancel(self, reason: Failure) -> None:
        self.failure_code, self.failure_detail = reason.code, reason.detail
        self._become("cancelled")
        self.note("cancelled", why=reason.detail)
        publish(OrderCancelled(order_id=self.id, reason=reason))

    def note(self, what: str, *, who: str = "fulfilment", why: str = "") -> None:
        """Put a line on the timeline."""
        self.entries.create(what=what, who=who, why=why)

    def _become(self, status: contracts.OrderStatus) -> None:
        """Only a pending order changes."""
        if self.status != "pending":
            raise ValueError(f"order {self.id} is {self.status} and cannot become {status}")
        self.status = status
        self.save()

    def to_contract(self) -> contracts.Order:
        return contracts.Order(
            id=self.id,
            status=self.status,
            email=self.email,
            ship_to=Address.model_validate(self.ship_to),
            lines=[line.to_contract(self.currency) for line in self.lines.all()],
            total=self.amount,
            payment_method=self.payment_method,
            failure=Failure(code=self.failure_code, detail=self.failure_detail) if self.failure_code else None,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


class OrderLine(models.Model):
    """So many of one SKU, at the price that the catalog quoted when the order was placed."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    quantity = models.IntegerField()
    unit_price = models.BigIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="orders_line_price_not_negative"),
        )

    def to_contract(self, currency: str) -> contracts.OrderLine:
        price = Money(amount=self.unit_price, currency=currency)
        return contracts.OrderLine(
            sku=self.sku, name=self.name, quantity=self.quantity, unit_price=price, total=price.times(self.quantity)
        )


class OrderEntry(Ledger):
    """A line on an order's timeline. Written once, never changed."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=100)
    who = models.CharField(max_length=200)
    why = models.TextField(default="")

    class Meta:
        ordering = ("id",)
