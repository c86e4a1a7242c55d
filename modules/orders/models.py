"""Orders, their lines, what became of them, what was heard of them, and what comes back.

Within a transaction, a saga's run is locked before its subject, and an order before whatever hangs on it: so nobody
waits in a circle.
"""

from typing import Self, get_args

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from modules.orders import contracts, pricing
from modules.orders.contracts import (
    Address,
    Failure,
    OrderId,
    OrderNotFound,
    ReceivedLine,
    ReturnId,
    ReturnState,
    StaleOrder,
    Totals,
)
from modules.orders.events import (
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderedLine,
    OrderExpired,
    OrderPlaced,
    ReturnRefunded,
    ReturnRequested,
)
from modules.orders.overview import Heard, ParcelsStatus, Statuses, fulfillment_status, is_all, nothing_heard, summed
from modules.orders.pricing import Priced, PricedLine
from modules.orders.states import CANCELLATION, ORDER, RETURN
from tearline.contracts import Id, Money
from tearline.databases.ledgers import Ledger
from tearline.events import publish
from tearline.projections import ReadModel
from tearline.states import IllegalTransition, StateMachine


def _go(machine: StateMachine, old: str, new: str) -> None:
    """Raises IllegalTransition; also for staying, as whatever is told of a change is told once."""
    if old == new:
        raise IllegalTransition(f"{machine.name}: {old} already")
    machine.check(old, new)


class Order(models.Model):
    """One order. Its lines and prices are frozen when it is placed."""

    id: "models.CharField[str, OrderId]" = models.CharField(primary_key=True, max_length=40)
    status: "models.CharField[str, contracts.OrderStatus]" = models.CharField(max_length=20, default="pending")
    version = models.IntegerField(default=1)
    customer = models.CharField(max_length=64, null=True)
    email = models.CharField(max_length=254)
    ship_to = models.JSONField()
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    discount_asked = models.BigIntegerField(default=0)
    discount_reason = models.TextField(default="")
    payment_method = models.CharField(max_length=64)
    taken_at = models.DateTimeField(null=True)
    failure_code = models.CharField(max_length=200, default="")
    failure_detail = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(total__gte=0), name="orders_order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(total=F("net") + F("shipping") + F("tax") - F("discount")),
                name="orders_order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0, shipping__gte=0, tax__gte=0, discount__gte=0, discount__lte=F("net")),
                name="orders_order_parts_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(status__in=get_args(contracts.OrderStatus)), name="orders_order_status_known"
            ),
        )
        indexes = (
            models.Index(fields=["status", "id"], name="orders_order_by_status"),
            models.Index(fields=["customer", "id"], condition=Q(customer__isnull=False), name="orders_of_customer"),
            models.Index(fields=["created_at", "id"], name="orders_order_by_age"),
            models.Index(fields=["total", "id"], name="orders_order_by_total"),
            models.Index(fields=["id"], condition=Q(taken_at__isnull=False), name="orders_order_taken"),
        )

    @classmethod
    def locked(cls, order_id: str) -> Self:
        """Raises OrderNotFound."""
        order = cls.objects.select_for_update().filter(pk=order_id).first()
        if order is None:
            raise OrderNotFound(order_id=order_id)
        return order

    def key(self, part: str) -> str:
        """The idempotency key under which one part of this order is done, and undone."""
        return f"{self.id}.{part}"

    @property
    def amount(self) -> Money:
        return self.money(self.total)

    def money(self, amount: int) -> Money:
        return Money(amount=amount, currency=self.currency)

    @property
    def is_free(self) -> bool:
        """Nothing is to be paid, and no payment can be asked for nothing."""
        return self.total == 0

    def expect(self, version: int | None) -> None:
        """Raises StaleOrder when somebody has changed it since that version. Of a locked row."""
        if version not in (None, self.version):
            raise StaleOrder(order_id=self.id, expected=version, version=self.version)

    def cost(self, priced: Priced) -> None:
        """What it costs from now on. Not saved."""
        self.net, self.shipping, self.tax = priced.net, priced.shipping, priced.tax
        self.discount, self.total = priced.discount, priced.total

    def place(self, *, by: str) -> None:
        if self.status == "draft":
            self._become("pending")
        placed = self.note("placed", who=by)
        publish(OrderPlaced(order_id=self.id, total=self.amount, occurred_at=placed.at))

    def confirm(self, *, taken: bool) -> None:
        """`taken`: payments has answered that all of it is. So it is told as paid, before it hears of that, too."""
        self.taken_at = timezone.now() if taken else None
        self._become("confirmed")
        confirmed = self.note("confirmed")
        lines = self.ordered_lines()
        publish(OrderConfirmed(order_id=self.id, total=self.amount, lines=lines, occurred_at=confirmed.at))

    def complete(self) -> None:
        self._end("completed")
        self.note("completed", who="shipping", why="all of it was delivered")
        publish(OrderCompleted(order_id=self.id))

    def cancel(self, reason: Failure, *, by: str = "fulfillment") -> None:
        cancelled = self._fall("cancelled", reason, by=by)
        publish(OrderCancelled(order_id=self.id, reason=reason, total=self.amount, occurred_at=cancelled.at))

    def expire(self, reason: Failure) -> None:
        self._fall("expired", reason, by="orders")
        publish(OrderExpired(order_id=self.id, reason=reason))

    def drop(self, status: contracts.OrderStatus, reason: Failure, *, by: str) -> None:
        """Of a draft: nobody has heard of it, so nobody is told."""
        self._fall(status, reason, by=by)

    def note(self, what: str, *, who: str = "fulfillment", why: str = "") -> "OrderEntry":
        """Put a line on the timeline. What is announced of it occurred when the line says."""
        return self.entries.create(what=what, who=who, why=why)

    def change(self) -> None:
        """Save it as another version. Of a locked row."""
        self.version += 1
        self.save()

    def _fall(self, status: contracts.OrderStatus, reason: Failure, *, by: str) -> "OrderEntry":
        self.failure_code, self.failure_detail = reason.code, reason.detail
        self._end(status)
        return self.note(status, who=by, why=reason.detail)

    def _end(self, status: contracts.OrderStatus) -> None:
        """Raises IllegalTransition. If it has heard how it is paid, it leaves those that are looked at for it."""
        if self.taken_at and self.heard.captured:
            self.taken_at = None
        self._become(status)

    def _become(self, status: contracts.OrderStatus) -> None:
        """Raises IllegalTransition."""
        _go(ORDER, self.status, status)
        self.status = status
        self.change()

    def ordered_lines(self) -> list[OrderedLine]:
        return [OrderedLine(sku=line.sku, quantity=line.quantity) for line in self.lines.all()]

    @property
    def ordered(self) -> dict[str, int]:
        """So many of each SKU."""
        return summed((line.sku, line.quantity) for line in self.lines.all())

    @cached_property
    def overview(self) -> "OrderOverview | None":
        """What was heard of its money and parcels; None: nothing was."""
        return next(iter(self.overviews.all()), None)

    @property
    def heard(self) -> Heard:
        return self.overview.known if self.overview else Heard()

    @property
    def as_heard(self) -> Statuses:
        """What was heard makes of it."""
        return self.overview.statuses if self.overview else nothing_heard(self.total)

    @property
    def statuses(self) -> Statuses:
        """What was heard makes of it, and what payments has answered. `finding` finds it by the same."""
        return self.as_heard.knowing(taken=self.taken_at is not None)

    @property
    def has_arrived(self) -> bool:
        return is_all(self.ordered, self.heard.delivered)

    def to_contract(self) -> contracts.Order:
        lines, told = list(self.lines.all()), self.statuses
        ordered, returned = sum(line.quantity for line in lines), sum(line.returned for line in lines)
        return contracts.Order(
            id=self.id,
            status=self.status,
            email=self.email,
            ship_to=Address.model_validate(self.ship_to),
            lines=[line.to_contract(self.currency) for line in lines],
            total=self.amount,
            payment_method=self.payment_method,
            failure=Failure(code=self.failure_code, detail=self.failure_detail) if self.failure_code else None,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
            totals=self._totals(),
            discount_reason=self.discount_reason or None,
            payment_status=told.payment,
            fulfillment_status=fulfillment_status(ordered, returned, told.parcels),
            customer=self.customer,
        )

    def _totals(self) -> Totals:
        return Totals(
            lines=self.money(self.net),
            shipping=self.money(self.shipping),
            tax=self.money(self.tax),
            discount=self.money(self.discount),
            total=self.amount,
        )


class OrderLine(models.Model):
    """So many of one SKU, at the price that the catalog quoted. `net` and `discount` are without tax."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    quantity = models.IntegerField()
    unit_price = models.BigIntegerField()
    net = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    returned = models.IntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="orders_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, discount__gte=0, discount__lte=F("net")),
                name="orders_line_parts_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("quantity")), name="orders_line_returned_within_quantity"
            ),
        )
        indexes = (models.Index(fields=["order"], condition=Q(returned__gt=0), name="orders_line_that_came_back"),)

    def cost(self, priced: PricedLine) -> None:
        """What it costs from now on. Not saved."""
        self.net, self.discount, self.tax = priced.net, priced.discount, priced.tax

    @property
    def due(self) -> int:
        """What is paid for it."""
        return self.net - self.discount + self.tax

    def take_back(self, pieces: int) -> int:
        """So many came back. What was paid for them."""
        paid = pricing.part(self.due, self.quantity, start=self.returned, count=pieces)
        self.returned += pieces
        self.save(update_fields=["returned"])
        return paid

    def to_contract(self, currency: str) -> contracts.OrderLine:
        def money(amount: int) -> Money:
            return Money(amount=amount, currency=currency)

        return contracts.OrderLine(
            sku=self.sku,
            name=self.name,
            quantity=self.quantity,
            unit_price=money(self.unit_price),
            total=money(self.unit_price * self.quantity),
            discount=money(self.discount),
            tax=money(self.tax),
            due=money(self.due),
            returned=self.returned,
        )


class OrderOverview(ReadModel):
    """What was heard of an order, and what that makes of it: both written by the fold, and shown as they are."""

    projection = "orders.overview"

    id = models.BigAutoField(primary_key=True)
    # Not checked by the database: that would lock the order for whoever only hears of it.
    order = models.ForeignKey(Order, models.CASCADE, related_name="overviews", db_constraint=False)
    heard = models.JSONField(default=dict)
    payment_status: "models.CharField[str, contracts.PaymentStatus]" = models.CharField(
        max_length=20, default="unpaid", db_default="unpaid"
    )
    parcels_status: "models.CharField[str, ParcelsStatus]" = models.CharField(
        max_length=20, default="unfulfilled", db_default="unfulfilled"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["generation", "order"], name="orders_overview_once"),
            models.CheckConstraint(
                condition=Q(
                    payment_status__in=get_args(contracts.PaymentStatus), parcels_status__in=get_args(ParcelsStatus)
                ),
                name="orders_overview_statuses_known",
            ),
        )
        indexes = (
            models.Index(fields=["generation", "payment_status", "order"], name="orders_overview_by_payment"),
            models.Index(fields=["generation", "parcels_status", "order"], name="orders_overview_by_parcels"),
        )

    @cached_property
    def known(self) -> Heard:
        return Heard.model_validate(self.heard)

    @property
    def statuses(self) -> Statuses:
        return Statuses(self.payment_status, self.parcels_status)


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


class CancellationId(Id, prefix="cnl"):
    """Names one wish to give up a confirmed order."""


class Cancellation(models.Model):
    """Somebody's wish to give up a confirmed order. One at a time; refused if a parcel has left."""

    id: "models.CharField[str, CancellationId]" = models.CharField(primary_key=True, max_length=40)
    order = models.ForeignKey(Order, models.CASCADE, related_name="cancellations")
    state = models.CharField(max_length=20, default="asked")
    reason = models.TextField()
    who = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=CANCELLATION.states), name="orders_cancellation_state_known"),
            models.UniqueConstraint(
                fields=["order"], condition=~Q(state="refused"), name="orders_one_cancellation_at_a_time"
            ),
        )

    def key(self, part: str) -> str:
        return f"{self.id}.{part}"

    def become(self, state: str) -> None:
        """Raises IllegalTransition."""
        _go(CANCELLATION, self.state, state)
        self.state = state
        self.save(update_fields=["state"])


class Return(models.Model):
    """Goods of an order that come back together."""

    id: "models.CharField[str, ReturnId]" = models.CharField(primary_key=True, max_length=40)
    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    state: "models.CharField[str, ReturnState]" = models.CharField(max_length=20, default="requested")
    reason = models.TextField()
    failure_code = models.CharField(max_length=200, default="")
    failure_detail = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=get_args(ReturnState)), name="orders_return_state_known"),
        )

    def become(self, state: ReturnState, failure: Failure | None = None) -> None:
        """Raises IllegalTransition."""
        _go(RETURN, self.state, state)
        self.state = state
        self.failure_code, self.failure_detail = (failure.code, failure.detail) if failure else ("", "")
        self.save(update_fields=["state", "failure_code", "failure_detail"])

    @property
    def failure(self) -> Failure | None:
        return Failure(code=self.failure_code, detail=self.failure_detail) if self.failure_code else None

    @property
    def amount(self) -> Money:
        """What is given back."""
        return self.order.money(sum(line.amount for line in self.lines.all()))

    def announce(self) -> None:
        lines = [OrderedLine(sku=line.line.sku, quantity=line.quantity) for line in self.lines.all()]
        publish(ReturnRequested(order_id=self.order.id, return_id=self.id, lines=lines))

    def announce_refund(self) -> None:
        publish(ReturnRefunded(order_id=self.order.id, return_id=self.id, amount=self.amount))

    def to_contract(self) -> contracts.Return:
        return contracts.Return(
            id=self.id,
            order_id=self.order.id,
            state=self.state,
            lines=[line.to_contract(self.order) for line in self.lines.all()],
            reason=self.reason,
            amount=self.amount,
            failure=self.failure,
            created_at=self.created_at,
        )


class ReturnLine(models.Model):
    """So many pieces of a line of the order; how many came back, what was paid for those, and how many sell again."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Return, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="returns")
    quantity = models.IntegerField()
    received = models.IntegerField(default=0)
    resellable = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=1,
                    received__gte=0,
                    received__lte=F("quantity"),
                    resellable__gte=0,
                    resellable__lte=F("received"),
                    amount__gte=0,
                ),
                name="orders_return_line_in_bounds",
            ),
        )

    def receive(self, told: ReceivedLine) -> ReceivedLine:
        """As many as it can be of these. Those that are left."""
        self.received = min(self.quantity, told.quantity)
        self.resellable = min(self.received, told.resellable)
        self.amount = self.line.take_back(self.received)
        self.save(update_fields=["received", "resellable", "amount"])
        left = {"quantity": told.quantity - self.received, "resellable": told.resellable - self.resellable}
        return told.model_copy(update=left)

    def to_contract(self, order: Order) -> contracts.ReturnLine:
        return contracts.ReturnLine(
            sku=self.line.sku,
            quantity=self.quantity,
            received=self.received,
            resellable=self.resellable,
            amount=order.money(self.amount),
        )


class RefundAttemptId(Id, prefix="rfa"):
    """Names one try to give back what was paid for a return."""


class RefundAttempt(models.Model):
    """The provider is asked to give back what was paid for a return. Another one only after it has declined."""

    id: "models.CharField[str, RefundAttemptId]" = models.CharField(primary_key=True, max_length=40)
    of = models.ForeignKey(Return, models.CASCADE, related_name="attempts")
    who = models.CharField(max_length=200)
    declined_code = models.CharField(max_length=200, default="")
    declined_detail = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    @property
    def declined(self) -> Failure | None:
        return Failure(code=self.declined_code, detail=self.declined_detail) if self.declined_code else None

    def note_declined(self, why: Failure) -> None:
        """The provider's answer. Again is harmless."""
        self.declined_code, self.declined_detail = why.code, why.detail
        self.save(update_fields=["declined_code", "declined_detail"])


class DailySales(ReadModel):
    """What happened to orders on one day (UTC), in one currency. `pieces`, `revenue`: of what was confirmed on it."""

    projection = "orders.daily_sales"

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    placed = models.BigIntegerField(default=0)
    confirmed = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)
    pieces = models.BigIntegerField(default=0)
    revenue = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["generation", "day", "currency"], name="orders_daily_sales_once"),
        )

    def to_contract(self) -> contracts.DaySales:
        return contracts.DaySales(
            day=self.day,
            placed=self.placed,
            confirmed=self.confirmed,
            cancelled=self.cancelled,
            pieces=self.pieces,
            revenue=Money(amount=self.revenue, currency=self.currency),
        )
