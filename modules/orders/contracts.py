"""What crosses the orders facade."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import EmailStr, Field, StringConstraints

from modules.catalog.contracts import Sku
from tearline.contracts import Contract, Id, Money, Refusal

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
OrderStatus = Literal["pending", "confirmed", "cancelled"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class OrderId(Id, prefix="ord"):
    """Names one order, in every module."""


class Address(Contract):
    """Where parcels go."""

    name: Line = Field(examples=["Ada Lovelace"])
    line1: Line = Field(examples=["12 St James's Square"])
    line2: Line | None = None
    city: Line = Field(examples=["London"])
    postal_code: Line = Field(examples=["SW1Y 4JH"])
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["GB"])


class WantedLine(Contract):
    """So many of one SKU. The price is asked from the catalog, never taken from the customer."""

    sku: Sku = Field(examples=["MUG-BLUE"])
    quantity: int = Field(ge=1, le=999, strict=True, examples=[2])


class PlaceOrder(Contract):
    """What a customer sends."""

    email: EmailStr = Field(max_length=254, examples=["ada@example.com"])
    ship_to: Address
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="ISO 4217.")
    lines: list[WantedLine] = Field(min_length=1, max_length=100)
    payment_method: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["pm_card_ok"])


class CancelOrder(Contract):
    """Which order to give up, and why."""

    order_id: OrderId
    reason: Reason


class OrderLine(Contract):
    """A line with the price that was frozen when the order was placed."""

    sku: Sku
    name: str
    quantity: int
    unit_price: Money
    total: Money


class Failure(Contract):
    """Why an order was cancelled: the code of a refusal, and one sentence."""

    code: str
    detail: str


class Order(Contract):
    """pending → confirmed, or cancelled with the failure that undid it."""

    id: OrderId
    status: OrderStatus
    email: str
    ship_to: Address
    lines: list[OrderLine]
    total: Money
    payment_method: str
    failure: Failure | None
    created_at: datetime
    updated_at: datetime


class TimelineEntry(Contract):
    """What became of the order: when, what, who did it, and why."""

    at: datetime
    what: str
    who: str
    why: str


class OrderNotFound(Refusal, says="There is no order {order_id}.", status=404):
    """No such order."""

    order_id: str


class CannotCancel(Refusal, says="Order {order_id} is {state} and cannot be cancelled any more.", status=409):
    """It is too late."""

    order_id: OrderId
    state: str
