"""What crosses the orders facade."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import EmailStr, Field, StringConstraints

from modules.catalog.contracts import Sku
from tearline.contracts import Contract, Id, Money, Refusal, Version

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
OrderStatus = Literal["draft", "pending", "confirmed", "completed", "cancelled", "expired"]
PaymentStatus = Literal["unpaid", "partially_paid", "paid", "overpaid", "partially_refunded", "refunded", "disputed"]
FulfillmentStatus = Literal["unfulfilled", "partial", "fulfilled", "delivered", "partially_returned", "returned"]
ReturnState = Literal["requested", "rejected", "received", "refunding", "refunded"]
PaymentMethod = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


Customer = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="Whose order it is, by the name that the shop has for them. Null: nobody's whom we know.",
        examples=["cus_42"],
    ),
]


class OrderId(Id, prefix="ord"):
    """Names one order, in every module."""


class ReturnId(Id, prefix="ret"):
    """Names goods of one order that come back together."""


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
    customer: Customer = None


class CancelOrder(Contract):
    """Which order to give up, and why."""

    order_id: OrderId
    reason: Reason
    expected_version: Version = None


# Drafts


class Discount(Contract):
    """What the whole order is reduced by, and why. Spread over its lines; at most what they cost."""

    amount: int = Field(
        ge=0, strict=True, description="In minor units of the order's currency. 0: none.", examples=[500]
    )
    reason: Reason = Field(examples=["a regular customer"])


class DraftOrder(Contract):
    """An order that is prepared, and not placed yet."""

    email: EmailStr = Field(max_length=254, examples=["ada@example.com"])
    ship_to: Address
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="ISO 4217.")
    lines: list[WantedLine] = Field(min_length=1, max_length=100)
    payment_method: PaymentMethod | None = Field(default=None, description="Null: said when it is placed.")
    discount: Discount | None = None
    customer: Customer = None


class ChangeDraft(Contract):
    """What is to be different about a draft. Null: as it is. New lines replace all, at the prices of now."""

    order_id: OrderId
    email: EmailStr | None = Field(default=None, max_length=254)
    ship_to: Address | None = None
    lines: list[WantedLine] | None = Field(default=None, min_length=1, max_length=100)
    payment_method: PaymentMethod | None = None
    discount: Discount | None = None
    expected_version: Version = None


class PlaceDraft(Contract):
    """Which draft is to become an order, at its own prices."""

    order_id: OrderId
    payment_method: PaymentMethod | None = Field(default=None, description="Null: the draft's.")
    expected_version: Version = None


class DiscardDraft(Contract):
    """Which draft is not wanted any more, and why."""

    order_id: OrderId
    reason: Reason
    expected_version: Version = None


# Returns


class ReturnedLine(Contract):
    """So many of one SKU."""

    sku: Sku
    quantity: int = Field(ge=1, le=999_999, strict=True)


class RequestReturn(Contract):
    """What a customer wants to send back, and why. Lines with the same SKU count as one."""

    order_id: OrderId
    lines: list[ReturnedLine] = Field(min_length=1, max_length=100)
    reason: Reason = Field(examples=["too small"])


class ReceivedLine(Contract):
    """So many of one SKU came back and are taken back; so many of those can be sold again."""

    sku: Sku
    quantity: int = Field(ge=0, le=999_999, strict=True)
    resellable: int = Field(ge=0, le=999_999, strict=True)


class ReceiveReturn(Contract):
    """What came back. A SKU that is not named did not."""

    order_id: OrderId
    return_id: ReturnId
    lines: list[ReceivedLine] | None = Field(
        default=None, min_length=1, max_length=100, description="Null: all of it, fit to be sold again."
    )


class RefundReturn(Contract):
    """Which goods, that came back, are to be paid for."""

    order_id: OrderId
    return_id: ReturnId


class RejectReturn(Contract):
    """Which goods are not taken back, and why."""

    order_id: OrderId
    return_id: ReturnId
    reason: Reason


class ReturnLine(Contract):
    """Of one SKU: so many are to come back, came back, can be sold again; and what was paid for those that came."""

    sku: Sku
    quantity: int
    received: int
    resellable: int
    amount: Money


class Return(Contract):
    """Goods of an order that come back.

    requested: on their way, or not sent yet. rejected: not taken back. received: here again; what can be sold again
    goes back on the shelf. refunding: the money is being given back. refunded: it was, or the provider has promised to.
    Received again, with a failure: the provider declined.
    """

    id: ReturnId
    order_id: OrderId
    state: ReturnState
    lines: list[ReturnLine]
    reason: str = Field(examples=["too small"])
    amount: Money = Field(description="What is given back: what was paid for the pieces that came back, with tax.")
    failure: "Failure | None" = Field(description="Why it was rejected, or why the refund was declined.")
    created_at: datetime


class OrderLine(Contract):
    """A line with the price that was frozen when the order was placed. `due`: total, less discount, with tax."""

    sku: Sku
    name: str = Field(examples=["Enamel mug, blue"])
    quantity: int
    unit_price: Money
    total: Money
    discount: Money | None = Field(
        default=None, description="Its share, without tax. Null: told before there were any."
    )
    tax: Money | None = None
    due: Money | None = Field(default=None, description="What is paid for it.")
    returned: int = Field(default=0, description="So many came back.")


class Totals(Contract):
    """total = lines + shipping + tax - discount. All but the tax and the total are without tax."""

    lines: Money
    shipping: Money
    tax: Money
    discount: Money
    total: Money


class Failure(Contract):
    """Why an order was cancelled: the code of a refusal, and one sentence."""

    code: str = Field(examples=["payments.payment_declined"])
    detail: str = Field(examples=["The payment was declined: insufficient funds."])


class Order(Contract):
    """draft: not placed yet. pending: being fulfilled. confirmed: it stands, and is paid. completed: all of it arrived.
    cancelled: it was given up, for the reason in `failure`. expired: so was it, as nobody placed or paid it in time.
    """

    id: OrderId
    status: OrderStatus
    email: str = Field(examples=["ada@example.com"])
    ship_to: Address
    lines: list[OrderLine]
    total: Money
    payment_method: str = Field(description="Empty: a draft that has none yet.", examples=["pm_card_ok"])
    failure: Failure | None
    created_at: datetime
    updated_at: datetime
    version: int | None = Field(default=None, description="Grows with each change. Null: told before there were any.")
    totals: Totals | None = Field(default=None, description="What the total is made of.")
    discount_reason: str | None = None
    payment_status: PaymentStatus | None = Field(
        default=None, description="By what payments announced, and what it answered before the order was confirmed."
    )
    fulfillment_status: FulfillmentStatus | None = Field(
        default=None, description="By what shipping announced, and what came back."
    )
    customer: Customer = None


class TimelineEntry(Contract):
    """What became of the order: when, what, who did it, and why."""

    at: datetime
    what: str = Field(examples=["authorize_payment"])
    who: str = Field(examples=["orders"])
    why: str = Field(examples=["placed"])


class WaitingFor(Contract):
    """What has to happen before anything else does. `saga` and `step`: of our own work. Else others have to act."""

    what: str = Field(examples=["orders.fulfil: authorize payment"])
    saga: str | None = None
    step: str | None = None
    since: datetime
    attempts: int = 0
    last_error: str = Field(default="", description="In one line; empty: none.")
    needs_operator: bool = Field(default=False, description="It was tried in vain: see docs/operating.md.")
    again_at: datetime | None = Field(default=None, description="When it is tried, or looked for, again.")


class Action(Contract):
    """What can be done by REST; `refused`: what would be answered now."""

    name: str = Field(examples=["cancel"])
    method: str = Field(examples=["POST"])
    path: str = Field(examples=["/api/v1/orders/ord_01jdc3k5v8e1xszq4b7m2n9htw/cancel"])
    scope: str = Field(examples=["orders:write"])
    refused: Failure | None


class Explanation(Contract):
    """Why an order is in its state, since when, what it waits for, and what can be done."""

    order_id: OrderId
    status: OrderStatus
    version: int
    why: str = Field(examples=["The payment is being asked for."])
    since: datetime
    waits_for: list[WaitingFor]
    actions: list[Action]


class DaySales(Contract):
    """What happened to orders on one day (UTC), in one currency. A confirmed order was placed then or earlier.

    What is cancelled or given back later is not taken off.
    """

    day: date
    placed: int
    confirmed: int
    cancelled: int
    pieces: int = Field(description="Of the orders that were confirmed on this day.")
    revenue: Money = Field(description="The totals of the orders that were confirmed on this day.")


class Sales(Contract):
    """Sales by day and currency, without days on which nothing happened."""

    as_of: datetime = Field(description="All that happened before this moment is counted.")
    lag_seconds: float = Field(description="How long ago that is, 0 when nothing is missing.")
    waiting: int = Field(description="How many changes of orders are not counted yet.")
    days: list[DaySales]


# Refusals


class OrderNotFound(Refusal, says="There is no order {order_id}.", status=404):
    """No such order."""

    order_id: str


class CannotCancel(Refusal, says="Order {order_id} is {state} and cannot be cancelled any more.", status=409):
    """It is too late."""

    order_id: OrderId
    state: str


class StaleOrder(Refusal, says="Order {order_id} is at version {version} and not {expected} any more.", status=409):
    """Somebody has changed it meanwhile. Look at it again."""

    order_id: OrderId
    expected: int
    version: int


class NotDraft(Refusal, says="Order {order_id} is {state} and no draft any more.", status=409):
    """Only drafts are changed, placed and discarded."""

    order_id: OrderId
    state: str


class DraftIncomplete(Refusal, says="The draft {order_id} has no {missing}.", status=422):
    """It cannot be placed without."""

    order_id: OrderId
    missing: str


LARGEST_TOTAL = 10**12
"""In minor units: what an order may cost. So the orders of a day, and of a year, add up to what `Money` can say."""


class OrderTooLarge(Refusal, says="The lines cost {lines}; an order may cost {largest} at most.", status=422):
    """What an order may cost is limited: 10,000,000,000.00 where the currency has cents."""

    lines: int
    largest: int


class DiscountTooLarge(Refusal, says="The discount of {discount} exceeds the lines of {lines}.", status=422):
    """A discount is at most what the lines cost."""

    discount: int
    lines: int


class NotReturnable(Refusal, says="Of {sku}, {wanted} are to be returned and {returnable} can be.", status=409):
    """Only what has left us and was not returned yet."""

    order_id: OrderId
    sku: str
    wanted: int
    returnable: int


class NothingToReturn(Refusal, says="Nothing of order {order_id} can be returned.", status=409):
    """Nothing has left us, or all of it is being returned."""

    order_id: OrderId


class ReturnNotFound(Refusal, says="There is no return {return_id} of order {order_id}.", status=404):
    """No such return."""

    order_id: str
    return_id: str


class ReturnNotInState(Refusal, says="Return {return_id} is {state}.", status=409):
    """It has gone further, or not far enough."""

    return_id: ReturnId
    state: str


class MoreThanRequested(Refusal, says="Of {sku}, {received} came back and {requested} were to.", status=422):
    """What was not asked to come back is a return of its own."""

    sku: str
    received: int
    requested: int


class NothingReceived(Refusal, says="Nothing of return {return_id} came back.", status=422):
    """Reject it instead."""

    return_id: ReturnId


class MoreThanReceived(Refusal, says="Of {sku}, {resellable} can be sold again, but {received} came back.", status=422):
    """What can be sold again is part of what came back."""

    sku: str
    resellable: int
    received: int
