"""`GET /orders/{id}/overview`. It is the gateway's, as no single module may ask all others."""

from functools import partial
from typing import Literal

from django.conf import settings
from ninja import Router
from pydantic import Field

from modules.inventory.contracts import Reservation
from modules.inventory.facade import inventory
from modules.notifications.contracts import Notification
from modules.notifications.facade import notifications
from modules.orders.contracts import Order, OrderId, OrderNotFound
from modules.orders.facade import orders
from modules.payments.contracts import Payment
from modules.payments.facade import payments
from modules.shipping.contracts import Shipment
from modules.shipping.facade import shipping
from tearline.api import KeyedRequest, key_with
from tearline.contracts import Contract
from tearline.gateway import Gathered, Part, gather
from tearline.resilience import deadline

router = Router(tags=["orders"])
prefixes = ("/orders/{order_id}/overview",)


class OrderOverview(Contract):
    """An order, and what the others have done for it. What is null is not there, or `incomplete` names it."""

    order: Order
    payment: Payment | None = Field(description="Its latest payment.")
    reservation: Reservation | None = Field(description="Its latest reservation of stock.")
    shipments: list[Shipment] | None = Field(description="Oldest first.")
    notifications: list[Notification] | None = Field(description="Oldest first.")
    incomplete: list[Literal["payment", "reservation", "shipments", "notifications"]] = Field(
        description="What could not be asked in time. Ask again for it.", examples=[[]]
    )


@router.get("/orders/{order_id}/overview", auth=key_with("overview:read", customers=True), response=OrderOverview)
def get_overview(request: KeyedRequest, order_id: str) -> OrderOverview:
    """The order with its payment, reservation, shipments and notifications, as far as these can be asked right now."""
    try:
        known = OrderId.parse(order_id)
    except ValueError:
        raise OrderNotFound(order_id=order_id) from None
    customer = request.auth.customer
    found = _found(known) if customer is None else _found_by(customer, known)
    return OrderOverview.model_validate({**found.answers, "incomplete": found.incomplete})


def _found(known: OrderId) -> Gathered:
    parts = {"order": Part(partial(orders.find, known), required=True), **_parts(known)}
    return gather(parts, within=settings.OVERVIEW_SECONDS)


def _found_by(customer: str, known: OrderId) -> Gathered:
    """Nobody else is asked before it is known to be theirs; what is told to the staff stays there.

    Raises OrderNotFound.
    """
    with deadline(settings.OVERVIEW_SECONDS):
        mine = gather({"order": Part(partial(_own, customer, known), required=True)}, within=settings.OVERVIEW_SECONDS)
        rest = gather(_parts(known), within=settings.OVERVIEW_SECONDS)
    letters: list[Notification] | None = rest.answers["notifications"]
    theirs = None if letters is None else [letter for letter in letters if letter.recipient == "customer"]
    return Gathered(answers={**mine.answers, **rest.answers, "notifications": theirs}, incomplete=rest.incomplete)


def _own(customer: str, known: OrderId) -> Order:
    """Raises OrderNotFound."""
    order = orders.find(known)
    if order.customer != customer:
        raise OrderNotFound(order_id=known)
    return order


def _parts(known: OrderId) -> dict[str, Part]:
    return {
        "payment": Part(partial(payments.payment_of, known)),
        "reservation": Part(partial(inventory.reservation_of, known)),
        "shipments": Part(partial(shipping.shipments_of, known)),
        "notifications": Part(partial(notifications.notifications_of, known)),
    }
