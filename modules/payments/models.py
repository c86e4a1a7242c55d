"""Payments, captures, refunds, disputes and the ledger, and their own rules.

0 <= refunded <= captured <= authorized <= amount, and 0 <= reinstated <= disputed <= captured + reinstated
"""

import hashlib
from collections.abc import Iterable
from typing import ClassVar, cast, get_args

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.payments import contracts
from modules.payments.adapters import Answer, Claim, Kind, Movement
from modules.payments.contracts import DisputeState, PaymentId, RefundId
from modules.payments.states import CAPTURE, DISPUTE, OVER, PAYMENT, REFUND, UNDECIDED, State
from tearline.contracts import Money
from tearline.databases.ledgers import Ledger
from tearline.states import StateMachine


class Asked(models.Model):
    """Something that the provider was asked to do under a key. Amounts are in minor units."""

    machine: ClassVar[StateMachine]
    moved_by: ClassVar[tuple[Kind, ...]]
    """The kinds of movements that are its own, and add up to its amounts."""

    key = models.CharField(max_length=400, unique=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROCESSING)
    failure = models.CharField(max_length=200, default="")
    refunded = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def payment_id(self) -> str:
        raise NotImplementedError

    @property
    def provider_key(self) -> str:
        """The key under which the provider knows it: short, printable, and always the same."""
        return f"{self._meta.model_name}-{hashlib.sha256(self.key.encode()).hexdigest()}"

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def has_moved(self) -> bool:
        """Whether money has ever moved by it."""
        raise NotImplementedError

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

    def become(self, state: str) -> None:
        """Raises IllegalTransition."""
        self.machine.check(self.state, state)
        self.state = state

    def book(self, answer: Answer) -> list[Movement]:
        """Take over what the provider says has become of it. What was said before, or comes late, changes nothing.

        Of a locked row. Answers which movements were new.
        """
        fresh = self.enter(answer.movements)
        if answer.declined and self.is_undecided:
            self.decline(answer.declined)
        self.save()
        return fresh

    def decline(self, reason: str) -> None:
        """Nothing has come of it, and nothing will."""
        self.become(State.FAILED)
        self.failure = reason

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        """Write into the payment's ledger what it does not know yet, and add it up. Answers what was new."""
        raise NotImplementedError

    def _add(self, movements: Iterable[Movement]) -> None:
        """Add its own ones to the amounts and see where that leaves it. Once over, always over: another may live."""
        for movement in movements:
            if movement.kind in self.moved_by:
                setattr(self, movement.kind, getattr(self, movement.kind) + movement.amount)
        if self.has_moved and self.state not in OVER:
            self.become(self._state_by_amounts())

    def _state_by_amounts(self) -> State:
        raise NotImplementedError


class Deed(Asked):
    """What may be undone under its own key. `unwanted`: it was, so whatever comes of it late is given back too."""

    unwanted = models.BooleanField(default=False)
    captured = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def outstanding(self) -> int:
        """What is still there to be given back, were this undone."""
        raise NotImplementedError

    @property
    def must_be_given_back(self) -> bool:
        """Whether the provider still has to be told to undo it."""
        return self.unwanted and (self.is_undecided or self.outstanding > 0)

    def want_no_more(self) -> None:
        self.unwanted = True
        self.save(update_fields=["unwanted"])

    def decline(self, reason: str) -> None:
        if self.unwanted:
            self.become(State.CANCELLED)
        else:
            super().decline(reason)

    def _state_by_amounts(self) -> State:
        return State.CAPTURED if self.captured > self.refunded else State.CANCELLED


class Payment(Deed):
    """One attempt to take the money for one order. Its amounts are the sums of its ledger."""

    machine = PAYMENT
    moved_by = get_args(Kind)

    id = models.CharField(max_length=40, primary_key=True)
    order_id = models.CharField(max_length=40)
    method = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    authorized = models.BigIntegerField(default=0)
    voided = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)
    reinstated = models.BigIntegerField(default=0)

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
            models.CheckConstraint(
                condition=Q(
                    reinstated__gte=0,
                    disputed__gte=F("reinstated"),
                    captured__gte=F("disputed") - F("reinstated"),
                ),
                name="payments_reinstated_disputed_captured",
            ),
            models.CheckConstraint(condition=Q(state__in=PAYMENT.states), name="payments_state_known"),
        ]
        indexes = [models.Index(fields=["order_id", "id"], name="payments_of_order")]

    def __str__(self) -> str:
        return f"{self.id} for {self.order_id}: {self.state}"

    @property
    def payment_id(self) -> str:
        """Its own id: asked alike of payments, captures and refunds."""
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
    def withdrawn(self) -> int:
        """Minor units that chargebacks have taken back, and not returned."""
        return self.disputed - self.reinstated

    @property
    def refundable(self) -> int:
        """Minor units that were captured, and that nobody has given back, is giving back or has charged back."""
        under_way = sum(refund.amount for refund in self.refunds.filter(state__in=UNDECIDED))
        return self.captured - self.refunded - self.withdrawn - under_way

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

    def follow(self, claims: Iterable[Claim]) -> "list[Dispute]":
        """Take over how the provider says its disputes stand. Answers those of which that is news."""
        return [dispute for claim in claims if (dispute := self._following(claim))]

    def _following(self, claim: Claim) -> "Dispute | None":
        opened = {"amount": claim.amount, "reason": claim.reason, "state": claim.state}
        dispute, fresh = self.disputes.get_or_create(reference=claim.reference, defaults=opened)
        if fresh:
            return dispute
        if dispute.state == claim.state or not DISPUTE.allows(dispute.state, claim.state):
            return None
        dispute.state = claim.state
        dispute.save()
        return dispute

    def _state_by_amounts(self) -> State:
        return State.AUTHORIZED if self.held and self.captured == self.refunded else super()._state_by_amounts()

    def to_contract(self) -> contracts.Payment:
        return contracts.Payment(
            id=PaymentId(self.id),
            order_id=OrderId(self.order_id),
            state=cast(contracts.PaymentState, self.state),
            method=self.method,
            amount=self.money(self.amount),
            authorized=self.money(self.authorized),
            captured=self.money(self.captured),
            refunded=self.money(self.refunded),
            disputed=self.money(self.withdrawn),
            failure=self.failure or None,
            created_at=self.created_at,
        )

    def money(self, amount: int) -> Money:
        return Money(amount=amount, currency=self.currency)


class Capture(Deed):
    """One taking of money out of what a payment holds."""

    machine = CAPTURE
    moved_by = ("captured", "refunded")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="captures")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0, captured__gte=F("refunded"), amount__gte=F("captured"), amount__gt=0),
                name="payments_capture_refunded_captured",
            ),
            models.CheckConstraint(condition=Q(state__in=CAPTURE.states), name="payments_capture_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}: {self.state}"

    @property
    def outstanding(self) -> int:
        return self.captured - self.refunded

    @property
    def refundable(self) -> int:
        """Minor units that nobody has given back, or is giving back."""
        under_way = self.shares.filter(refund__state__in=UNDECIDED)
        return 0 if self.unwanted else self.outstanding - sum(share.amount for share in under_way)

    @property
    def has_moved(self) -> bool:
        return self.captured > 0

    def lock(self) -> None:
        _lock_with_its_payment(self)

    def decline(self, reason: str) -> None:
        """The payment tells why, too, until something is taken."""
        super().decline(reason)
        self.payment.failure = self.failure or self.payment.failure
        self.payment.save(update_fields=["failure"])

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        fresh = self.payment.enter(movements)
        if any(movement.kind == "captured" for movement in fresh):
            self.payment.failure = ""
        self.payment.save()
        self._add(fresh)
        return fresh

    def give_back(self, amount: int) -> None:
        """Write down that a refund gave back so much of it."""
        self.refunded += amount
        if self.state not in OVER:
            self.become(self._state_by_amounts())
        self.save()


class Refund(Asked):
    """One giving back of money that was captured, out of one capture or several: all of it or none."""

    machine = REFUND
    moved_by = ("refunded",)

    id = models.CharField(max_length=40, primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0, amount__gte=F("refunded"), amount__gt=0),
                name="payments_refund_refunded_amount",
            ),
            models.CheckConstraint(condition=Q(state__in=REFUND.states), name="payments_refund_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.id} of {self.payment_id}: {self.state}"

    @property
    def has_moved(self) -> bool:
        return self.refunded > 0

    def lock(self) -> None:
        _lock_with_its_payment(self)

    def enter(self, movements: Iterable[Movement]) -> list[Movement]:
        fresh = self.payment.enter(movements)
        self.payment.save()
        self._add(fresh)
        if fresh:
            for share in self.shares.select_related("capture"):
                share.capture.give_back(share.amount)
        return fresh

    def _state_by_amounts(self) -> State:
        return State.REFUNDED

    def to_contract(self) -> contracts.Refund:
        return contracts.Refund(
            id=RefundId(self.id),
            payment_id=PaymentId(self.payment_id),
            order_id=OrderId(self.payment.order_id),
            state=cast(contracts.RefundState, self.state),
            amount=self.payment.money(self.amount),
            reason=self.reason,
            failure=self.failure or None,
            created_at=self.created_at,
        )


def _lock_with_its_payment(asked: Capture | Refund) -> None:
    payment = asked.payment
    payment.lock()
    asked.refresh_from_db()
    asked.payment = payment


class RefundShare(models.Model):
    """How much of a refund is given back out of one capture."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="shares")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="shares")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "capture"], name="payments_one_share_per_capture"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_share_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.refund_id}"


class Dispute(models.Model):
    """A chargeback: the customer's bank takes back what was captured, until the provider decides who is right."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    reference = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    state: "models.CharField[str, DisputeState]" = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, default="")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference"], name="payments_dispute_known_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_dispute_amount_positive"),
            models.CheckConstraint(condition=Q(state__in=DISPUTE.states), name="payments_dispute_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} of {self.payment_id}: {self.state}"

    def to_contract(self) -> contracts.Dispute:
        return contracts.Dispute(
            reference=self.reference,
            payment_id=PaymentId(self.payment_id),
            state=self.state,
            amount=self.payment.money(self.amount),
            reason=self.reason,
            opened_at=self.opened_at,
        )


class ProviderEvent(models.Model):
    """What the provider told us by itself, as it came. `unmatched`: about no payment of ours."""

    class State(models.TextChoices):
        RECEIVED = "received"
        DONE = "done"
        UNMATCHED = "unmatched"

    id = models.CharField(max_length=40, primary_key=True)
    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    order_id = models.CharField(max_length=40, default="")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="payments_event_received_once"),
            models.CheckConstraint(
                condition=Q(state__in=["received", "done", "unmatched"]), name="payments_event_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="payments_events_by_state")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}: {self.kind}, {self.state}"

    def to_contract(self) -> contracts.ReceivedEvent:
        return contracts.ReceivedEvent(
            id=contracts.ReceivedEventId(self.id),
            provider=self.provider,
            event_id=self.event_id,
            kind=self.kind,
            subject=self.subject,
            state=cast(contracts.ReceivedEventState, self.state),
            order_id=OrderId(self.order_id) if self.order_id else None,
            received_at=self.received_at,
        )


class LedgerEntry(Ledger):
    """Money that moved, once. Written once; of a payment the ids follow the changes."""

    class Kind(models.TextChoices):
        AUTHORIZED = "authorized"
        VOIDED = "voided"
        CAPTURED = "captured"
        REFUNDED = "refunded"
        DISPUTED = "disputed"
        REINSTATED = "reinstated"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "reference"], name="payments_movement_entered_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_entry_amount_positive"),
            models.CheckConstraint(condition=Q(kind__in=get_args(Kind)), name="payments_entry_kind_known"),
        ]
        indexes = [
            models.Index(fields=["reference"], name="payments_entry_by_reference"),
            models.Index(fields=["at"], name="payments_entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.kind} ({self.reference})"
