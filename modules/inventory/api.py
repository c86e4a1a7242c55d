"""Stock and reservations over REST: read both, receive goods."""

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from modules.inventory import services
from modules.inventory.contracts import Quantity, ReceiveStock, Reference, Reservation, ReservationId, Sku, StockLevel
from modules.orders.contracts import OrderId
from tearline.api import IdempotencyKey, KeyedRequest, Page, PageAsked, Problem, answered, key_with, paged
from tearline.contracts import Contract
from tearline.facades import perform

router = Router(tags=["inventory"])
prefixes = ("/stock", "/reservations")


class StockAsked(PageAsked):
    """Which levels."""

    sku: Sku | None = Field(default=None, description="Only of this SKU.")


class ReservationsAsked(PageAsked):
    """Which reservations."""

    order_id: OrderId | None = Field(default=None, description="Only of this order.")


class Goods(Contract):
    """What came in, of the SKU in the path."""

    quantity: Quantity
    reference: Reference = Field(description="With what they came.", examples=["delivery 4711"])


@router.get("/stock", auth=key_with("inventory:read"), response=Page[StockLevel])
def list_stock(request: KeyedRequest, asked: Query[StockAsked]) -> Page[StockLevel]:
    """How many there are of each SKU, in the order of their names."""
    return paged(services.stock(sku=asked.sku), asked, show=lambda level: level.to_contract(), ascending=True)


@router.get("/stock/{sku}", auth=key_with("inventory:read"), response=StockLevel)
def get_stock(request: KeyedRequest, sku: Sku) -> StockLevel:
    """How many there are of a SKU that was ever received."""
    level = services.stock(sku=sku).first()
    if level is None:
        raise Problem(404, "not_found", f"No {sku} was ever received.")
    return level.to_contract()


@router.post("/stock/{sku}/receive", auth=key_with("inventory:write"), response=StockLevel)
def receive_stock(
    request: KeyedRequest, response: HttpResponse, sku: Sku, goods: Goods, idempotency_key: IdempotencyKey
) -> StockLevel:
    """Put goods on the shelf."""
    received = ReceiveStock(sku=sku, quantity=goods.quantity, reference=goods.reference)
    outcome = perform(
        "inventory", "receive", {"request": received}, caller=request.auth.caller, key=idempotency_key, join=False
    )
    level: StockLevel = answered(outcome, response)
    return level


@router.get("/reservations", auth=key_with("inventory:read"), response=Page[Reservation])
def list_reservations(request: KeyedRequest, asked: Query[ReservationsAsked]) -> Page[Reservation]:
    """What was set aside for orders, newest first."""
    found = services.reservations(order_id=asked.order_id)
    return paged(found, asked, show=lambda reservation: reservation.to_contract())


@router.get("/reservations/{reservation_id}", auth=key_with("inventory:read"), response=Reservation)
def get_reservation(request: KeyedRequest, reservation_id: ReservationId) -> Reservation:
    """One reservation with its lines."""
    reservation = services.reservations().filter(pk=reservation_id).first()
    if reservation is None:
        raise Problem(404, "not_found", f"There is no reservation {reservation_id}.")
    return reservation.to_contract()
