"""Payments, captures and the ledger, and their own rules: 0 <= refunded <= captured <= authorized <= amount."""

import hashlib
from collections.abc import Iterable
from typing import cast

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.payments import contracts
from modules.payments.adapters import Answer, Movement
from modules.payments.contracts import PaymentId
from tearline.contracts import Money
from tearline.databases.ledgers import Ledger


class State(models.TextChoices):
    """A payment is in any of these, a capture in any but authorized. `contracts.Payment` says what they mean."""

    PROCESSING = "processing"
    UNKNOWN = "unknown"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNDECIDED = (State.PROCESSING, State.UNKNOWN)
OVER = (State.CANCELLED, State.FAILED)


class Deed(models.Model):
    """Something that the provider was asked to do under a key, and may be asked to undo under the same key.

    `unwanted`: it was undone, so whatever comes of it late is given back too. Amounts are in minor units.
    """

    key = models.CharField(max_length=400, unique=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROCESSING)
    failure = models.CharField(max_length=200, default="")
    unwanted = models.BooleanField(default=False)
    captured = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def provider_key(self) -> str:
        """The key under which the provider knows it: short, printable, and always the same."""
        return f"{self._meta.model_name}-{hashlib.sha256(self.key.encode()).hexdigest()}"

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def outstanding(self) -> int:
        """What is still there to be given back, were this undone."""
        raise NotImplementedError

    @property
    def has_moved(self) -> bool:
        """Whether money has ever moved by it."""
        raise NotImplementedError

    @property
    def must_be_given_back(self) -> bool:
        """Whether the provider still has to be told to undo it."""
        return self.unwanted and (self.is_undecided or self.outstanding > 0)

    @property
    def lacks_outcome(self) -> bool:
        """Whether something may yet come of it that nobody has written down."""
        return not self.has_moved and self.state != State.FAILED

    def lock(self) -> None:
        """Read the row, and its payment's, as they are now. They are ours until the open transaction ends."""
        raise NotImplementedError

    def lose_sight(self) -> None:
        """The provider may have done it; its answer did not arrive."""
        type(self)._default_manager.filter(pk=self.pk, state=State.PROCESSING).update(state=State.UNKNOWN)

    def want_no_more(self) -> None:
        self.unwanted = True
        self.save(update_fields=["unwanted"])

    def book(self, answer: Answer) -> None:
        """Take over what the provider says has become of it. What was said before, or comes late, changes nothing.

        Of a locked row.
        """
        self.enter(answer.movements)
        if answer.declined and self.is_undecided:
            self.state = State.CANCELLED if self.unwanted else State.FAILED
            self.failure = "" if self.unwanted else answer.declined
        self.save()

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        """Write into the payment's ledger what it does not know yet, and add it up. Answers what was new."""
        raise NotImplementedError

    def _add(self, movements: Iterable[Movement]) -> None:
        """Add them to the amounts and see where that leaves it. Once over, always over: another may live by now."""
        for movement in movements:
            setattr(self, movement.kind, getattr(self, movement.kind) + movement.amount)
        if self.has_moved and self.state not in OVER:
            self.state = self._state_by_amounts()

    def _state_by_amounts(self) -> State:
        return State.CAPTURED if self.captured > self.refunded else State.CANCELLED


class Payment(Deed):
    """One attempt to take the money for one order. Its amounts are the sums of its ledger."""

    id = models.CharField(max_length=40, primary_key=True)
    order_id = models.CharField(max_length=40)
    method = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    authorized = models.BigIntegerField(default=0)
    voided = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id"], condition=~Q(state__in=OVER), name="payments_one_live_payment_per_order"
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded__gte=0,
                    captured__gte=F("refunded"),
                    voided__gte=0,
                    authorized__gte=F("captured") + F("voided"),
                    amount__gte=F("authorized"),
                    amount__gt=0,
                ),
                name="payments_refunded_captured_authorized",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="payments_state_known"),
        ]
        indexes = [models.Index(fields=["order_id", "id"], name="payments_of_order")]

    def __str__(self) -> str:
        return f"{self.id} for {self.order_id}: {self.state}"

    @property
    def payment_id(self) -> str:
        """Its own id: asked alike of payments and captures."""
        return self.id

    @property
    def held(self) -> int:
        """Minor units that are held, and neither captured nor let go."""
        return self.authorized - self.captured - self.voided

    @property
    def free(self) -> int:
        """Minor units that are held, and that no capture under way is after."""
        return self.held - sum(capture.amount for capture in self.captures.filter(state__in=UNDECIDED))

    @property
    def outstanding(self) -> int:
        return self.held

    @property
    def has_moved(self) -> bool:
        return self.authorized > 0

    def lock(self) -> None:
        self.refresh_from_db(from_queryset=Payment.objects.select_for_update())

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        known = set(self.entries.values_list("kind", "reference"))
        fresh = [movement for movement in movements if (movement.kind, movement.reference) not in known]
        self.entries.bulk_create(
            LedgerEntry(payment=self, kind=movement.kind, amount=movement.amount, reference=movement.reference)
            for movement in fresh
        )
        self._add(fresh)
        return fresh

    def _state_by_amounts(self) -> State:
        return State.AUTHORIZED if self.held and self.captured == self.refunded else super()._state_by_amounts()

    def to_contract(self) -> contracts.Payment:
        return contracts.Payment(
            id=PaymentId(self.id),
            order_id=OrderId(self.order_id),
            state=cast(contracts.PaymentState, self.state),
            method=self.method,
            amount=self._money(self.amount),
            authorized=self._money(self.authorized),
            captured=self._money(self.captured),
            refunded=self._money(self.refunded),
            failure=self.failure or None,
            created_at=self.created_at,
        )

    def _money(self, amount: int) -> Money:
        return Money(amount=amount, currency=self.currency)


class Capture(Deed):
    """One taking of money out of what a payment holds."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="captures")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0, captured__gte=F("refunded"), amount__gte=F("captured"), amount__gt=0),
                name="payments_capture_refunded_captured",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="payments_capture_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}: {self.state}"

    @property
    def outstanding(self) -> int:
        return self.captured - self.refunded

    @property
    def has_moved(self) -> bool:
        return self.captured > 0

    def lock(self) -> None:
        payment = self.payment
        payment.lock()
        self.refresh_from_db()
        self.payment = payment

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        fresh = self.payment.enter(movements)
        self.payment.save()
        self._add(fresh)
        return fresh


class LedgerEntry(Ledger):
    """Money that moved, once. Written once; of a payment the ids follow the changes."""

    class Kind(models.TextChoices):
        AUTHORIZED = "authorized"
        VOIDED = "voided"
        CAPTURED = "captured"
        REFUNDED = "refunded"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "reference"], name="payments_movement_entered_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=["authorized", "voided", "captured", "refunded"]), name="payments_entry_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.kind} ({self.reference})"
