"""Whoever carries the parcels, as shipping sees them. `settings.SHIPPING_CARRIER` names the class that is used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from modules.orders.contracts import Address
from modules.shipping.contracts import ShipmentLine, TrackingStatus
from tearline.resilience import outside


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What the carrier needs to know. `reference` is our name for it, and makes buying its label repeatable."""

    reference: str
    ship_to: Address
    lines: tuple[ShipmentLine, ...]


@dataclass(frozen=True, kw_only=True)
class Label:
    """What the carrier gave us for a parcel."""

    carrier: str
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What the carrier has seen of a parcel, once. `id` is unique among the parcel's; the time is the carrier's."""

    id: str
    status: TrackingStatus
    at: datetime
    detail: str


class Carrier(Protocol):
    """Takes parcels for money. Every call may be repeated, and raises Unavailable when there is no answer."""

    def buy_label(self, parcel: Parcel) -> Label:
        """Same reference, same label, paid once. Raises LabelRefused."""
        ...

    def void_label(self, reference: str) -> bool:
        """Give back the label that was bought under this reference, if any. False: the parcel is on its way with it."""
        ...

    def track(self, tracking_number: str) -> tuple[Scan, ...]:
        """All that was seen of a parcel so far, in any order."""
        ...


carrier = outside("shipping.carrier", Carrier, setting="SHIPPING_CARRIER", idempotent=True)
"""The carrier that the settings name."""
