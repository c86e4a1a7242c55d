"""A carrier that carries nothing, in the box so that nobody needs an account.

It keeps its own books in a file of its own, `var/outside/carrier.sqlite3`, as the outside world does: they survive our
rollbacks, and tell checkers what really happened. Any number of threads and processes may use it at once.

Its parcels move with time, `settings.SHIPPING_SIMULATED_SPEED` times as fast as real ones, and as the postal code that
they go to says: see `MAGIC_POSTAL_CODES`.

It has webhooks as EasyPost has them, and leaves it to others to send them. The header `X-Hmac-Signature` is
`hmac-sha256-hex=<hex>`: HMAC-SHA256 of the body, by the webhook secret.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from modules.shipping.adapters import Carrier, Heard, Label, Mailbox, NotFromCarrier, Parcel, Scan
from modules.shipping.contracts import LabelRefused, Rate, TrackingStatus
from tearline.contracts import Money, Unavailable
from tearline.outside import books_of

NAME = "Simulated Parcel"

FAST: Final = "SIM-FAST"
LATE: Final = "SIM-LATE"
LOST: Final = "SIM-LOST"
RETURNED: Final = "SIM-RETURN"
USED: Final = "SIM-USED"
REFUSED: Final = "SIM-REFUSED"
SILENT: Final = "SIM-SILENT"

MAGIC_POSTAL_CODES: Final = {
    FAST: "Is delivered at once.",
    LATE: "Gets stuck after a day, goes on, and is delivered after four.",
    LOST: "Gets stuck after a day, for good.",
    RETURNED: "Is on its way after a day, and back at the sender's after three.",
    USED: "Is with the carrier at once, which nobody has seen yet: its label is not taken back.",
    REFUSED: "Gets no label.",
    SILENT: "The carrier does not answer when it is asked for a label.",
}
"""What becomes of parcels that go there. Any other is on its way after a day, and delivered after two and a half."""

Route = tuple[tuple[float, TrackingStatus, str], ...]

_ANNOUNCED: Route = ((0, "announced", "Label created"),)
_PICKED_UP: Route = (*_ANNOUNCED, (1, "in_transit", "Picked up"))
_BY_DEFAULT: Route = (*_PICKED_UP, (2, "out_for_delivery", "On the van"), (2.5, "delivered", "Handed over"))
_ROUTES: dict[str, Route] = {
    FAST: tuple((0, status, detail) for _, status, detail in _BY_DEFAULT),
    LATE: (
        *_PICKED_UP,
        (1.5, "exception", "Cannot be found"),
        (3, "in_transit", "Found"),
        (3.5, "out_for_delivery", "On the van"),
        (4, "delivered", "Handed over"),
    ),
    LOST: (*_PICKED_UP, (1.5, "exception", "Cannot be found")),
    RETURNED: (*_PICKED_UP, (2, "exception", "Nobody was there"), (3, "returned", "Back at the sender's")),
    USED: _ANNOUNCED,
}
"""After how many days it is seen, and how."""

_SERVICES = {"economy": (399, 20, 3), "standard": (599, 30, 2), "express": (1299, 50, 1)}
"""What each takes for a parcel, and for each piece in it, in cents; and how many days are promised."""

_DAY = 86400.0

_BOOKS = """
CREATE TABLE IF NOT EXISTS label (
    reference TEXT PRIMARY KEY, tracking_number TEXT NOT NULL UNIQUE, country TEXT NOT NULL, pieces INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS parcel (
    reference TEXT PRIMARY KEY, route TEXT NOT NULL, service TEXT NOT NULL, sold_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS voided (reference TEXT PRIMARY KEY);
"""


class SimulatedCarrier(Carrier, Mailbox):
    """Does what `MAGIC_POSTAL_CODES` says."""

    name = "simulated"

    def rates(self, parcel: Parcel) -> tuple[Rate, ...]:
        pieces = sum(line.quantity for line in parcel.lines)
        return tuple(
            Rate(service=service, price=Money(amount=base + each * pieces, currency="EUR"), days=days)
            for service, (base, each, days) in _SERVICES.items()
        )

    def buy_label(self, parcel: Parcel) -> Label:
        place = parcel.ship_to.postal_code
        if place == SILENT:
            raise Unavailable("the simulated carrier does not answer")
        if place == REFUSED:
            raise LabelRefused(reason="no carrier goes there")
        service = parcel.service or next(iter(_SERVICES))
        if service not in _SERVICES:
            raise LabelRefused(reason="no such service")
        with books_of("carrier", _BOOKS) as books:
            books.execute(
                "INSERT INTO label VALUES (?, ?, ?, ?) ON CONFLICT (reference) DO NOTHING",
                (
                    parcel.reference,
                    f"SIM{secrets.randbelow(10**12):012}",
                    parcel.ship_to.country,
                    sum(line.quantity for line in parcel.lines),
                ),
            )
            books.execute(
                "INSERT INTO parcel VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (parcel.reference, place if place in _ROUTES else "", service, time.time()),
            )
            number, service = books.execute(
                "SELECT tracking_number, service FROM label JOIN parcel USING (reference) WHERE reference = ?",
                (parcel.reference,),
            ).fetchone()
            return Label(carrier=NAME, tracking_number=number, service=service)

    def void_label(self, reference: str) -> bool:
        with books_of("carrier", _BOOKS) as books:
            parcel = books.execute("SELECT route, sold_at FROM parcel WHERE reference = ?", (reference,)).fetchone()
            is_void = books.execute("SELECT 1 FROM voided WHERE reference = ?", (reference,)).fetchone()
            if parcel and not is_void:
                route, sold_at = parcel
                if route == USED or len(_seen(route, sold_at)) > 1:
                    return False
                books.execute("INSERT INTO voided VALUES (?) ON CONFLICT DO NOTHING", (reference,))
        return True

    def track(self, tracking_number: str) -> tuple[Scan, ...]:
        with books_of("carrier", _BOOKS) as books:
            parcel = books.execute(
                "SELECT route, sold_at FROM parcel JOIN label USING (reference)"
                " WHERE tracking_number = ? AND reference NOT IN (SELECT reference FROM voided)",
                (tracking_number,),
            ).fetchone()
        return _seen(*parcel) if parcel else ()

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        if not settings.SHIPPING_WEBHOOK_SECRET:
            raise NotFromCarrier("No webhook is believed while SHIPPING_WEBHOOK_SECRET is not given.")
        if not hmac.compare_digest(signature(body).encode(), headers.get("X-Hmac-Signature", "").encode()):
            raise NotFromCarrier("The signature is missing, or does not fit the body.")
        try:
            told = json.loads(body)
            number = str(told["result"]["tracking_code"])
            return Heard(id=str(told["id"]), kind=str(told["description"]), tracking_number=number)
        except (ValueError, KeyError, TypeError) as error:
            raise NotFromCarrier("This is not a webhook as the simulated carrier writes them.") from error

    def first_look(self) -> timedelta:
        """Sooner, as its parcels are faster; but asking more than once a second shows nobody more."""
        return max(super().first_look() / settings.SHIPPING_SIMULATED_SPEED, timedelta(seconds=1))

    def webhooks(self, tracking_number: str) -> list[bytes]:
        """The bodies of all that there are about a parcel so far, oldest first."""
        return [_body(tracking_number, scan) for scan in self.track(tracking_number)]

    def labels(self) -> dict[str, str]:
        """Every label that was ever sold: tracking numbers by reference."""
        with books_of("carrier", _BOOKS) as books:
            return dict(books.execute("SELECT reference, tracking_number FROM label").fetchall())

    def voided(self) -> set[str]:
        """The references of the labels that were given back."""
        with books_of("carrier", _BOOKS) as books:
            return {reference for (reference,) in books.execute("SELECT reference FROM voided")}


def _seen(route: str, sold_at: float) -> tuple[Scan, ...]:
    """What was seen by now of a parcel that goes that way."""
    scans = []
    for number, (days, status, detail) in enumerate(_ROUTES.get(route, _BY_DEFAULT)):
        at = sold_at + days * _DAY / settings.SHIPPING_SIMULATED_SPEED
        if at <= time.time():
            scans.append(Scan(id=str(number), status=status, at=datetime.fromtimestamp(at, UTC), detail=detail))
    return tuple(scans)


def signature(body: bytes) -> str:
    """The header that vouches for a webhook."""
    return f"hmac-sha256-hex={hmac.new(settings.SHIPPING_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()}"


def _body(tracking_number: str, scan: Scan) -> bytes:
    tracker = {"object": "Tracker", "tracking_code": tracking_number, "status": scan.status}
    told = {"id": f"evt_{tracking_number}_{scan.id}", "object": "Event", "description": "tracker.updated"}
    return json.dumps(told | {"result": tracker}).encode()
