"""What crosses the inventory's facade: requests, answers, refusals."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Refusal

# The form that the catalog gives its SKUs. Inventory counts whatever carries one, on sale or not.
Sku = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,63}$")]
Quantity = Annotated[int, Field(ge=1, le=10**9)]
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
]


ReservationState = Literal["held", "committed", "released"]


class ReservationId(Id, prefix="res"):
    """Names what was set aside for one order."""


class StockLine(Contract):
    """So many of one SKU."""

    sku: Sku
    quantity: Quantity


class ReserveStock(Contract):
    """What to set aside for an order. Lines with the same SKU count as one."""

    order_id: OrderId
    lines: list[StockLine] = Field(min_length=1, max_length=100)


class Reservation(Contract):
    """What is, or was, set aside for an order; one line per SKU, in SKU order.

    held: may still be released. committed: the order's for good, until it is shipped. released: back on the shelf.
    """

    id: ReservationId
    order_id: OrderId
    state: ReservationState
    lines: list[StockLine]
    created_at: datetime


class ReceiveStock(Contract):
    """Goods that came in. The reference says with what: a delivery note, a count."""

    sku: Sku
    quantity: Quantity
    reference: Reference


class StockLevel(Contract):
    """on_hand lie on the shelf, reserved of them are set aside, available is the difference."""

    sku: Sku
    on_hand: int
    reserved: int
    available: int


class OutOfStock(Refusal, says="{sku}: {wanted} wanted, {available} available.", status=409):
    """A line could not be set aside in full, so nothing was."""

    sku: str
    wanted: int
    available: int


class AlreadyReserved(Refusal, says="Stock is already set aside for {order_id}.", status=409):
    """An order has one live reservation at most; this one came under another key."""

    order_id: OrderId


class AlreadyCommitted(Refusal, says="The stock set aside for {order_id} is committed and stays with it.", status=409):
    """Too late to release: the order was confirmed."""

    order_id: OrderId
