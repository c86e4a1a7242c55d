"""Orders over REST: place, read, cancel."""

import time

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from modules.orders import services
from modules.orders.contracts import CancelOrder, Order, OrderStatus, PlaceOrder, Reason, TimelineEntry
from modules.orders.models import Order as OrderRow
from tearline.api import IdempotencyKey, KeyedRequest, Page, PageAsked, Prefer, answered, key_with, paged, waiting
from tearline.contracts import Contract
from tearline.facades import perform

router = Router(tags=["orders"])
prefixes = ("/orders",)

LOOK_AGAIN = 0.02
"""Seconds between two looks at an order that somebody waits for."""


class OrdersAsked(PageAsked):
    """Which orders."""

    status: OrderStatus | None = Field(default=None, description="Only in this state.")


class Cancellation(Contract):
    """Why the order is given up."""

    reason: Reason = Field(examples=["changed my mind"])


@router.post("/orders", auth=key_with("orders:write"), response={201: Order, 202: Order})
def place_order(
    request: KeyedRequest,
    response: HttpResponse,
    order: PlaceOrder,
    idempotency_key: IdempotencyKey,
    prefer: Prefer = None,
) -> Status[Order]:
    """Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that time."""
    outcome = perform(
        "orders", "place", {"request": order}, caller=request.auth.caller, key=idempotency_key, join=False
    )
    placed: Order = answered(outcome, response)
    response["Location"] = f"/api/v1/orders/{placed.id}"
    with waiting(prefer, response) as wait:
        if wait.seconds:
            placed = _settled(placed, within=wait.seconds)
        return Status(wait.status(reached=placed.status != "pending"), placed)


@router.get("/orders", auth=key_with("orders:read"), response=Page[Order])
def list_orders(request: KeyedRequest, asked: Query[OrdersAsked]) -> Page[Order]:
    """Orders, newest first."""
    found = OrderRow.objects.prefetch_related("lines")
    if asked.status:
        found = found.filter(status=asked.status)
    return paged(found, asked, show=OrderRow.to_contract)


@router.get("/orders/{order_id}", auth=key_with("orders:read"), response=Order)
def get_order(request: KeyedRequest, order_id: str) -> Order:
    """One order with its lines."""
    return services.found(order_id).to_contract()


@router.get("/orders/{order_id}/timeline", auth=key_with("orders:read"), response=list[TimelineEntry])
def get_timeline(request: KeyedRequest, order_id: str) -> list[TimelineEntry]:
    """What became of the order so far: when, what, who, why."""
    return services.timeline(services.found(order_id))


@router.post("/orders/{order_id}/cancel", auth=key_with("orders:write"), response=Order)
def cancel_order(
    request: KeyedRequest, response: HttpResponse, order_id: str, body: Cancellation, idempotency_key: IdempotencyKey
) -> Order:
    """Give up a pending order: what was done for it is undone. A confirmed one cannot be given up here."""
    asked = CancelOrder(order_id=services.found(order_id).id, reason=body.reason)
    outcome = perform(
        "orders", "cancel", {"request": asked}, caller=request.auth.caller, key=idempotency_key, join=False
    )
    order: Order = answered(outcome, response)
    return order


def _settled(order: Order, *, within: float) -> Order:
    """The order as soon as it has an outcome, or as it is when the time is up."""
    until = time.monotonic() + within
    while order.status == "pending" and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)
        order = services.found(order.id).to_contract()
    return order
