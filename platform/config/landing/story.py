"""What became of an order, as the page tells it: the order's own timeline, then the parcel and the letters."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from django.utils import timezone

from modules.notifications.facade import notifications
from modules.orders.contracts import Order, OrderId, TimelineEntry
from modules.orders.facade import orders
from modules.shipping.facade import shipping
from tearline.contracts import Unavailable

T = TypeVar("T")

# What is still to come once an order has its outcome: how many letters, and for how long anybody should sit and wait.
LETTERS: Final = {"confirmed": 2, "completed": 2, "cancelled": 1}
PATIENCE: Final = timedelta(minutes=1)

# By the last word of an entry. Any other entry is told as it is, in no colour.
TONES: Final = {
    "done": "good",
    "confirmed": "good",
    "completed": "good",
    "ready": "good",
    "delivered": "good",
    "sent": "good",
    "refused": "bad",
    "cancelled": "bad",
    "expired": "bad",
    "parked": "bad",
    "started": "busy",
    "failing": "busy",
    "pending": "busy",
    "queued": "busy",
    "sending": "busy",
}
MEANINGS: Final = {
    "started": "asked, and waiting for the answer",
    "failing": "no answer yet, asked again under the same key",
    "parked": "waits for an operator",
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened: how long after the order was placed, what, who did it, and why."""

    after: timedelta
    what: str
    who: str
    why: str

    @property
    def tone(self) -> str:
        return TONES.get(self._last_word, "")

    @property
    def meaning(self) -> str:
        return self.why or MEANINGS.get(self._last_word, "")

    @property
    def _last_word(self) -> str:
        return self.what.rpartition(" ")[2]


@dataclass(frozen=True)
class Story:
    """An order and its moments, oldest first; and whether anything more is to be expected."""

    order: Order
    moments: Sequence[Moment]
    goes_on: bool

    @property
    def mark(self) -> str:
        """The same as long as there is nothing new to tell."""
        told = [(moment.what, moment.why) for moment in self.moments]
        return f"{zlib.crc32(repr((self.order.status, self.goes_on, told)).encode()):08x}"


def tell(order_id: OrderId) -> Story:
    """Raises OrderNotFound. A parcel or letters that cannot be asked about right now are left out."""
    order = orders.find(order_id)
    following = [*_parcels(order_id), *_letters(order_id)]
    entries = sorted([*orders.timeline(order_id), *following], key=lambda entry: entry.at)
    moments = [Moment(entry.at - order.created_at, entry.what, entry.who, entry.why) for entry in entries]
    return Story(order, moments, goes_on=not _is_over(order, following))


def _parcels(order_id: OrderId) -> Iterator[TimelineEntry]:
    for parcel in _if_answered(shipping.shipments_of, order_id):
        why = f"{parcel.carrier}, {parcel.tracking_number}" if parcel.tracking_number else ""
        what = f"parcel {parcel.state.replace('_', ' ')}"
        yield TimelineEntry(at=parcel.created_at, what=what, who="shipping", why=why)


def _letters(order_id: OrderId) -> Iterator[TimelineEntry]:
    for letter in _if_answered(notifications.notifications_of, order_id):
        what = f"{letter.template.replace('_', ' ')} letter {letter.state}"
        why = f"to {letter.recipient_hint}" if letter.recipient_hint else ""
        yield TimelineEntry(at=letter.sent_at or letter.created_at, what=what, who="notifications", why=why)


def _if_answered(ask: Callable[[OrderId], list[T]], order_id: OrderId) -> list[T]:
    try:
        return ask(order_id)
    except Unavailable:
        return []


def _is_over(order: Order, following: Sequence[TimelineEntry]) -> bool:
    if order.status == "pending":
        return False
    if timezone.now() - order.updated_at > PATIENCE:
        return True
    parcels = [entry for entry in following if entry.who == "shipping" and not entry.what.endswith(" pending")]
    letters = [entry for entry in following if entry.who == "notifications" and entry.what.endswith(" sent")]
    wanted = 1 if order.status in ("confirmed", "completed") else 0
    return len(parcels) >= wanted and len(letters) >= LETTERS.get(order.status, 0)
