"""What was heard of an order's money and parcels, and what that makes of it: a fold of events.

Each event is kept under what it tells of, so that neither their order nor a repetition makes a difference; and nothing
but events is kept, so that it can be made anew from them. Knows no row.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from modules.orders.contracts import FulfillmentStatus, PaymentStatus
from modules.payments.events import PaymentCaptured, PaymentDisputed, PaymentRefunded
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched
from tearline.contracts import Contract

Told = PaymentCaptured | PaymentRefunded | PaymentDisputed | ShipmentDispatched | ShipmentDelivered | ShipmentCancelled
"""Of one order each, its `order_id`."""

ParcelsStatus = Literal["unfulfilled", "partial", "fulfilled", "delivered"]
"""The FulfillmentStatus of an order of which nothing came back."""

Stage = Literal["cancelled", "dispatched", "delivered"]
_STAGES: Mapping[type[Told], Stage] = {
    ShipmentCancelled: "cancelled",
    ShipmentDispatched: "dispatched",
    ShipmentDelivered: "delivered",
}
_FURTHER = ("cancelled", "dispatched", "delivered")
"""How far a parcel has come: what tells of more counts, whenever it comes."""


class Parcel(Contract):
    """What is in it, by SKU, and how far it is known to have come."""

    stage: Stage
    lines: dict[str, int]


class Dispute(Contract):
    """A chargeback: of how much, and whether it has been decided."""

    amount: int
    state: Literal["open", "won", "lost"]


class Heard(Contract):
    """Amounts in minor units, by the id of the event that told of them; disputes and parcels by their own names."""

    captured: dict[str, int] = {}
    refunded: dict[str, int] = {}
    disputes: dict[str, Dispute] = {}
    parcels: dict[str, Parcel] = {}

    def after(self, event: Told) -> "Heard":
        """What is known with this event, too."""
        if isinstance(event, PaymentCaptured):
            return self._with(captured=self.captured | {event.id: event.amount.amount})
        if isinstance(event, PaymentRefunded):
            return self._with(refunded=self.refunded | {event.id: event.amount.amount})
        if isinstance(event, PaymentDisputed):
            return self._after_dispute(event)
        return self._after_parcel(event)

    def _after_dispute(self, event: PaymentDisputed) -> "Heard":
        known = self.disputes.get(event.dispute)
        if known and known.state != "open":
            return self
        told = Dispute(amount=event.amount.amount, state=event.state)
        return self._with(disputes=self.disputes | {event.dispute: told})

    def _after_parcel(self, event: ShipmentDispatched | ShipmentDelivered | ShipmentCancelled) -> "Heard":
        known, stage = self.parcels.get(event.shipment_id), _STAGES[type(event)]
        if known and _FURTHER.index(known.stage) >= _FURTHER.index(stage):
            return self
        told = Parcel(stage=stage, lines=summed((line.sku, line.quantity) for line in event.lines))
        return self._with(parcels=self.parcels | {str(event.shipment_id): told})

    def _with(self, **known: object) -> "Heard":
        return self.model_copy(update=known)

    @property
    def money(self) -> tuple[int, int]:
        """Taken, and given back."""
        return sum(self.captured.values()), sum(self.refunded.values())

    @property
    def is_disputed(self) -> bool:
        """A bank has taken money back, and not returned it."""
        return any(dispute.state != "won" for dispute in self.disputes.values())

    def has_arrived(self, parcel: str) -> bool:
        return parcel in self.parcels and self.parcels[parcel].stage == "delivered"

    @property
    def dispatched(self) -> dict[str, int]:
        """So many of each SKU have left us."""
        return self._pieces("dispatched", "delivered")

    @property
    def delivered(self) -> dict[str, int]:
        """So many of each SKU have arrived."""
        return self._pieces("delivered")

    def _pieces(self, *stages: Stage) -> dict[str, int]:
        counted = [parcel for parcel in self.parcels.values() if parcel.stage in stages]
        return summed(pieces for parcel in counted for pieces in parcel.lines.items())


def summed(pieces: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By SKU."""
    total: dict[str, int] = {}
    for sku, quantity in pieces:
        total[sku] = total.get(sku, 0) + quantity
    return total


class Statuses(NamedTuple):
    """What was heard of an order makes of it."""

    payment: PaymentStatus
    parcels: ParcelsStatus

    def knowing(self, *, taken: bool) -> "Statuses":
        """The same of an order that knows whether its money was taken, also before it has heard of that."""
        return self._replace(payment="paid") if taken and self.payment == "unpaid" else self


def statuses(total: int, ordered: Mapping[str, int], heard: Heard) -> Statuses:
    """What was heard makes of what is to be paid, and of so many of each SKU."""
    return Statuses(payment_status(total, heard), parcels_status(ordered, heard))


def nothing_heard(total: int) -> Statuses:
    """The same of an order of which nothing was heard, whatever is in it."""
    return Statuses(payment_status(total, Heard()), "unfulfilled")


def payment_status(total: int, heard: Heard) -> PaymentStatus:
    """What was heard makes of what is to be paid."""
    captured, refunded = heard.money
    if heard.is_disputed:
        return "disputed"
    if refunded:
        return "refunded" if refunded >= captured else "partially_refunded"
    if captured > total:
        return "overpaid"
    if captured == total:
        return "paid"
    return "partially_paid" if captured else "unpaid"


def parcels_status(ordered: Mapping[str, int], heard: Heard) -> ParcelsStatus:
    """What was heard makes of so many of each SKU."""
    if is_all(ordered, heard.delivered):
        return "delivered"
    if is_all(ordered, heard.dispatched):
        return "fulfilled"
    return "partial" if heard.dispatched else "unfulfilled"


def fulfillment_status(ordered: int, returned: int, parcels: ParcelsStatus) -> FulfillmentStatus:
    """What its parcels make of an order of so many pieces, of which so many came back."""
    if returned:
        return "returned" if returned >= ordered else "partially_returned"
    return parcels


def is_all(ordered: Mapping[str, int], pieces: Mapping[str, int]) -> bool:
    return all(pieces.get(sku, 0) >= quantity for sku, quantity in ordered.items())
