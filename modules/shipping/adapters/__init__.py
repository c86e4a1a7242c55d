"""Whoever carries the parcels, as shipping sees them. `settings.SHIPPING_CARRIER` names the class that is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, cast

from modules.orders.contracts import Address
from modules.shipping.contracts import Rate, ShipmentLine, TrackingStatus
from tearline.dotted_paths import named
from tearline.resilience import outside


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What the carrier needs to know. `reference` is our name for it, and makes buying its label repeatable.

    `service`: one of the carrier's; "" is its cheapest. `is_return`: it comes from that address, and goes to us.
    """

    reference: str
    ship_to: Address
    lines: tuple[ShipmentLine, ...]
    service: str = ""
    is_return: bool = False


@dataclass(frozen=True, kw_only=True)
class Label:
    """What the carrier gave us for a parcel."""

    carrier: str
    tracking_number: str
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What the carrier has seen of a parcel, once. `id` is unique among the parcel's; the time is the carrier's."""

    id: str
    status: TrackingStatus
    at: datetime
    detail: str


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a webhook says: its id, what kind of news it is, and which parcel it is about."""

    id: str
    kind: str
    tracking_number: str


class NotFromCarrier(Exception):
    """A webhook whose signature is not the carrier's. Whoever sent it is not believed."""


class Carrier(Protocol):
    """Takes parcels for money. Every call may be repeated, and raises Unavailable when there is no answer."""

    def rates(self, parcel: Parcel) -> tuple[Rate, ...]:
        """By which services it may go, the cheapest first."""
        ...

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


class Mailbox(Protocol):
    """The part of a carrier's class that asks nobody: it reads its webhooks, and says when to ask if none comes."""

    name: ClassVar[str]

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        """Raises NotFromCarrier for what it did not sign."""
        ...

    def first_look(self) -> timedelta:
        """How long after its label was bought it is worth asking where a parcel is."""
        return timedelta(hours=1)


def mailbox() -> Mailbox:
    """That of the carrier that the settings name. Not behind its circuit: what strangers send must not open that."""
    return cast(Mailbox, named(setting="SHIPPING_CARRIER")())
