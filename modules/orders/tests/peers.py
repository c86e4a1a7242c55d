"""What the tests here have the peers of orders announce, and what orders has announced."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from django.db import transaction
from django.db.models.functions import Now

from modules.orders.contracts import OrderId
from modules.shipping.contracts import ShipmentId, ShipmentLine
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched
from tearline.contracts import Unavailable
from tearline.events import Event, publish
from tearline.facades import acting_as
from tearline.models import OutboxRow, TaskRow
from tearline.work import drain

E = TypeVar("E", bound=Event)


class Down:
    """A payment provider that answers nothing and does nothing."""

    def __getattr__(self, call: str) -> Callable[..., NoReturn]:
        def no_answer(**_: object) -> NoReturn:
            raise Unavailable(f"the provider does not answer: {call}")

        return no_answer


class AwayCarrier:
    """A carrier that does not say whether it has used a label."""

    def void_label(self, reference: str) -> NoReturn:
        raise Unavailable(f"the carrier does not answer: {reference}")


def lines(pieces: dict[str, int]) -> list[ShipmentLine]:
    return [ShipmentLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items()]


def dispatched(order_id: OrderId, parcel: ShipmentId, **pieces: int) -> ShipmentDispatched:
    told: dict[str, Any] = {"carrier": "Simulated Parcel", "tracking_number": f"SP-{parcel}"}
    return ShipmentDispatched(order_id=order_id, shipment_id=parcel, lines=lines(pieces), **told)


def delivered(order_id: OrderId, parcel: ShipmentId, **pieces: int) -> ShipmentDelivered:
    return ShipmentDelivered(order_id=order_id, shipment_id=parcel, lines=lines(pieces))


def kept(order_id: OrderId, parcel: ShipmentId, **pieces: int) -> ShipmentCancelled:
    return ShipmentCancelled(order_id=order_id, shipment_id=parcel, lines=lines(pieces), reason="nobody wants it")


def announce(*events: Event, module: str = "shipping") -> None:
    """As the module that owns them does. Whoever listens hears it by its inbox."""
    with acting_as(module), transaction.atomic(using=module):
        publish(*events)


def carrier_is_asked() -> None:
    """Shipping hears how far its parcels are, and nobody has heard of shipping yet."""
    TaskRow.objects.using("shipping").filter(finished_at=None).update(due_at=Now())
    drain(["shipping"])


def announced(kind: type[E]) -> list[E]:
    """By whoever owns it, oldest first."""
    rows = OutboxRow.objects.using(kind.topic.split(".")[0]).filter(topic=kind.topic).order_by("id")
    return [kind.model_validate_json(row.payload) for row in rows]
