"""Orders over REST: draft, place, read, explain, cancel, return."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, Self

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, model_validator

from modules.catalog.contracts import NoPriceInCurrency, NotForSale
from modules.orders import explaining, returns, services
from modules.orders.contracts import (
    Address,
    CancelOrder,
    ChangeDraft,
    DiscardDraft,
    Discount,
    DraftOrder,
    Explanation,
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentMethod,
    PaymentStatus,
    PlaceDraft,
    PlaceOrder,
    Reason,
    ReceivedLine,
    ReceiveReturn,
    RefundReturn,
    RejectReturn,
    RequestReturn,
    Return,
    ReturnedLine,
    ReturnId,
    ReturnNotFound,
    Sales,
    StaleOrder,
    TimelineEntry,
    WantedLine,
)
from modules.orders.finding import shown_as
from modules.orders.models import DailySales
from modules.orders.models import Order as OrderRow
from modules.orders.projections import daily_sales
from modules.payments.contracts import Payment
from modules.payments.facade import payments
from modules.shipping.contracts import Shipment
from modules.shipping.facade import shipping
from tearline.api import (
    AnyOf,
    CreatedAsked,
    Expand,
    Filter,
    IdempotencyKey,
    IfMatch,
    KeyedRequest,
    NeededIfMatch,
    Only,
    Page,
    PageAsked,
    Prefer,
    Sort,
    answered,
    as_seen,
    customer_not_allowed,
    expected,
    key_with,
    paged,
    pointed,
    tagged,
    waiting,
)
from tearline.contracts import Contract, Day, Version, flaw_at
from tearline.facades import perform
from tearline.gateway import Gathered, Part, gather
from tearline.projections import standing

READ, WRITE = key_with("orders:read", customers=True), key_with("orders:write", customers=True)
"""What customers may do with orders of their own, which `_own` finds."""

router = Router(tags=["orders"])
prefixes = ("/orders",)

LOOK_AGAIN = 0.02
"""Seconds between two looks at an order that somebody waits for."""

OTHERS_SECONDS = 3.0
"""That others have to tell what they know of an order; whoever takes longer is left out."""

LONGEST = timedelta(days=366)
"""Of which sales are told at a time."""


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


def _in_digits(told: object) -> object:
    """Raises ValueError of what Python alone takes for a number, such as `1_0`."""
    if isinstance(told, str) and not (told.isascii() and told.isdigit()):
        raise ValueError("an amount is written in digits")
    return told


Amount = Annotated[int, Field(ge=0, le=2**63 - 1), BeforeValidator(_in_digits)]


class OrdersAsked(CreatedAsked, PageAsked):
    """Which orders."""

    status: AnyOf[OrderStatus] = Field(default=None, description="Only in one of these states.")
    payment_status: Annotated[list[PaymentStatus] | None, Filter(None)] = Field(
        default=None, max_length=20, description="Only with one of these payment statuses."
    )
    fulfillment_status: Annotated[list[FulfillmentStatus] | None, Filter(None)] = Field(
        default=None, max_length=20, description="Only with one of these fulfillment statuses."
    )
    customer: Annotated[str | None, Filter(None)] = Field(default=None, description="Only of this customer.")
    currency: Only[Currency] = Field(default=None, description="Only in this currency.")
    total__gt: Only[Amount] = Field(default=None, alias="total[gt]", description="Only above this, in minor units.")
    total__gte: Only[Amount] = Field(default=None, alias="total[gte]", description="Only from this on.")
    total__lt: Only[Amount] = Field(default=None, alias="total[lt]", description="Only below this.")
    total__lte: Only[Amount] = Field(default=None, alias="total[lte]", description="Only up to this.")
    sort: Sort[Literal["id", "-id", "created_at", "-created_at", "total", "-total"]] = None
    expand: Expand[Literal["returns"]] = None


class OrderAsked(BaseModel):
    """What else is told of an order."""

    model_config = ConfigDict(frozen=True)

    expand: Expand[Literal["returns", "timeline", "payment", "shipments"]] = None


class OrderParts(Contract):
    """What was asked for besides the order. What is null was not asked for, is not there, or `incomplete` names it."""

    returns: list[Return] | None = Field(default=None, description="Oldest first.")
    timeline: list[TimelineEntry] | None = Field(default=None, description="Oldest first.")
    payment: Payment | None = Field(default=None, description="Its latest payment.")
    shipments: list[Shipment] | None = Field(default=None, description="Oldest first.")
    incomplete: list[Literal["payment", "shipments"]] = Field(
        default=[], description="What could not be asked in time. Ask again for it.", examples=[[]]
    )


class ExpandedOrder(Order):
    """An order, with what `expand` names."""

    expanded: OrderParts | None = Field(default=None, description="Null: nothing was asked for by `expand`.")


class SalesAsked(BaseModel):
    """Which days, both included."""

    model_config = ConfigDict(frozen=True)

    since: Day | None = Field(default=None, alias="from", description="30 days before `to`, unless it is given.")
    until: Day = Field(default_factory=lambda: datetime.now(UTC).date(), alias="to", description="Today by default.")

    @property
    def span(self) -> tuple[date, date]:
        month_before = date.fromordinal(max(date.min.toordinal(), self.until.toordinal() - 30))
        return self.since or month_before, self.until

    @model_validator(mode="after")
    def is_a_span(self) -> Self:
        first, last = self.span
        if not timedelta(0) <= last - first <= LONGEST:
            raise flaw_at("from", says=f"`to` is from 0 to {LONGEST.days} days after `from`")
        return self


class Cancellation(Contract):
    """Why the order is given up."""

    reason: Reason = Field(examples=["changed my mind"])
    expected_version: Version = None


class DraftChange(Contract):
    """What is to be different about a draft. Null: as it is. New lines replace all, at the prices of now."""

    email: EmailStr | None = Field(default=None, max_length=254)
    ship_to: Address | None = None
    lines: list[WantedLine] | None = Field(default=None, min_length=1, max_length=100)
    payment_method: PaymentMethod | None = None
    discount: Discount | None = None
    expected_version: Version = None


class Placing(Contract):
    """How it is paid, unless the draft says so."""

    payment_method: PaymentMethod | None = None
    expected_version: Version = None


class Wish(Contract):
    """What is to come back, and why. Lines with the same SKU count as one."""

    lines: list[ReturnedLine] = Field(min_length=1, max_length=100)
    reason: Reason = Field(examples=["too small"])


class Arrival(Contract):
    """What came back. A SKU that is not named did not."""

    lines: list[ReceivedLine] | None = Field(
        default=None, min_length=1, max_length=100, description="Null: all of it, fit to be sold again."
    )


class Rejection(Contract):
    """Why goods are not taken back."""

    reason: Reason = Field(examples=["worn"])


OneOrder = CancelOrder | ChangeDraft | DiscardDraft | PlaceDraft


def _told(request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: Contract) -> Any:
    """The answer of one of our commands."""
    outcome = perform("orders", operation, {"request": asked}, caller=request.auth.caller, key=key, join=False)
    return answered(outcome, response)


def _at_their_lines(lines: Sequence[WantedLine]) -> AbstractContextManager[None]:
    """Has what nobody sells so told with the lines that want it."""
    return pointed(
        NotForSale,
        NoPriceInCurrency,
        at=lambda refusal: [f"/lines/{n}/sku" for n, line in enumerate(lines) if line.sku == refusal.sku],
    )


def _own(request: KeyedRequest, order_id: str) -> OrderRow:
    """What is another customer's is not there. Raises OrderNotFound."""
    return services.found(order_id, customer=request.auth.customer)


def _whose(request: KeyedRequest, named: str | None) -> str | None:
    """Which customer is meant. Raises Problem when a customer names another one."""
    bound = request.auth.customer
    if bound is not None and named not in (None, bound):
        raise customer_not_allowed("This key is bound to another customer.")
    return bound or named


def _matched(
    request: KeyedRequest, response: HttpResponse, key: str, operation: str, asked: OneOrder, if_match: str | None
) -> Order:
    """The answer of a command on one order, with its ETag. Raises Problem (412) when another was to be matched."""
    with as_seen(if_match, stale=StaleOrder, now=lambda: services.found(asked.order_id).to_contract()):
        order: Order = _told(request, response, key, operation, asked)
    tagged(order, response)
    return order


@router.post("/orders", auth=WRITE, response={201: Order, 202: Order})
def place_order(
    request: KeyedRequest,
    response: HttpResponse,
    order: PlaceOrder,
    idempotency_key: IdempotencyKey,
    prefer: Prefer = None,
) -> Status[Order]:
    """Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that time."""
    asked = order.model_copy(update={"customer": _whose(request, order.customer)})
    with _at_their_lines(order.lines):
        placed: Order = _told(request, response, idempotency_key, "place", asked)
    response["Location"] = f"/api/v1/orders/{placed.id}"
    with waiting(prefer, response) as wait:
        if wait.seconds:
            placed = _settled(placed, within=wait.seconds)
        return Status(wait.status(reached=placed.status != "pending"), placed)


@router.get("/orders", auth=READ, response=Page[ExpandedOrder])
def list_orders(request: KeyedRequest, asked: Query[OrdersAsked]) -> Page[ExpandedOrder]:
    """Orders, newest first. `expand=returns` tells what comes back of each."""
    found = services.orders(customer=_whose(request, asked.customer))
    found = shown_as(found, payment=asked.payment_status, fulfillment=asked.fulfillment_status)
    if not asked.expand:
        return paged(request, found, asked, show=_expanded)
    return paged(request, returns.with_returns(found), asked, show=_with_returns)


def _with_returns(order: OrderRow) -> ExpandedOrder:
    return _expanded(order, OrderParts(returns=[made.to_contract() for made in order.returns.all()]))


def _expanded(order: OrderRow, parts: OrderParts | None = None) -> ExpandedOrder:
    return ExpandedOrder(**dict(order.to_contract()), expanded=parts)


@router.get("/orders/sales", auth=key_with("orders:read"), response=Sales)
def get_sales(request: KeyedRequest, asked: Query[SalesAsked]) -> Sales:
    """Sales by day (UTC) and currency, of the last 30 days unless asked otherwise; and up to when they are counted."""
    told = standing(daily_sales)  # before the rows: they may know more than this says, and never less
    days = DailySales.objects.filter(day__range=asked.span).order_by("day", "currency")
    return Sales(as_of=told.as_of, lag_seconds=told.lag, waiting=told.waiting, days=[day.to_contract() for day in days])


# Drafts


@router.post("/orders/drafts", auth=key_with("orders:write"), response={201: Order})
def draft_order(
    request: KeyedRequest, response: HttpResponse, draft: DraftOrder, idempotency_key: IdempotencyKey
) -> Status[Order]:
    """Prepare an order at today's prices, with a discount if you like. Nothing is set aside or charged."""
    with _at_their_lines(draft.lines):
        drafted: Order = _told(request, response, idempotency_key, "draft", draft)
    response["Location"] = f"/api/v1/orders/{drafted.id}"
    return Status(201, drafted)


@router.patch("/orders/{order_id}", auth=key_with("orders:write"), response=Order)
def change_draft(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    body: DraftChange,
    idempotency_key: IdempotencyKey,
    if_match: NeededIfMatch = None,
) -> Any:
    """Change an order that was not placed yet, as it was seen: send If-Match, or expected_version."""
    said = _seen(body, if_match, needed=True)
    asked = ChangeDraft(order_id=services.found(order_id).id, **said)
    with _at_their_lines(body.lines or []):
        return _matched(request, response, idempotency_key, "change_draft", asked, if_match)


@router.post("/orders/{order_id}/place", auth=key_with("orders:write"), response=Order)
def place_draft(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    body: Placing,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Place a draft at its own prices: it is fulfilled from there on."""
    said = _seen(body, if_match)
    asked = PlaceDraft(order_id=services.found(order_id).id, **said)
    return _matched(request, response, idempotency_key, "place_draft", asked, if_match)


@router.post("/orders/{order_id}/discard", auth=key_with("orders:write"), response=Order)
def discard_draft(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    body: Cancellation,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Give up a draft."""
    said = _seen(body, if_match)
    asked = DiscardDraft(order_id=services.found(order_id).id, **said)
    return _matched(request, response, idempotency_key, "discard_draft", asked, if_match)


# One order


@router.get("/orders/{order_id}", auth=READ, response=ExpandedOrder)
def get_order(request: KeyedRequest, response: HttpResponse, order_id: str, asked: Query[OrderAsked]) -> ExpandedOrder:
    """One order with its lines, and what `expand` names. `payment` and `shipments` need the scope overview:read."""
    found = _own(request, order_id)
    order = _expanded(found, _parts(request, found, asked.expand) if asked.expand else None)
    tagged(order if asked.expand else found.to_contract(), response)
    return order


def _parts(request: KeyedRequest, order: OrderRow, asked: Sequence[str]) -> OrderParts:
    told = _told_by_others(request, order, asked)
    return OrderParts.model_validate(
        {
            "returns": _returns_of(order) if "returns" in asked else None,
            "timeline": services.timeline(order, customer=request.auth.customer) if "timeline" in asked else None,
            **told.answers,
            "incomplete": told.incomplete,
        }
    )


def _told_by_others(request: KeyedRequest, order: OrderRow, asked: Sequence[str]) -> Gathered:
    """Beside each other, by those alone who are asked for. Raises Problem without the scope that shows theirs."""
    known = {"payment": payments.payment_of, "shipments": shipping.shipments_of}
    parts = {name: Part(partial(ask, order.id)) for name, ask in known.items() if name in asked}
    if not parts:
        return Gathered(answers={}, incomplete=[])
    request.auth.require("overview:read")
    return gather(parts, within=OTHERS_SECONDS)


@router.get("/orders/{order_id}/timeline", auth=READ, response=list[TimelineEntry])
def get_timeline(request: KeyedRequest, order_id: str) -> list[TimelineEntry]:
    """What became of the order so far: when, what, who, why."""
    return services.timeline(_own(request, order_id), customer=request.auth.customer)


@router.get("/orders/{order_id}/explain", auth=READ, response=Explanation)
def explain_order(request: KeyedRequest, order_id: str) -> Explanation:
    """Why the order is in its state, what it waits for, what can be done now and, if it cannot, why not."""
    return explaining.explain(_own(request, order_id), customer=request.auth.customer)


@router.post("/orders/{order_id}/cancel", auth=WRITE, response=Order)
def cancel_order(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    body: Cancellation,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Any:
    """Give up an order: what was done for it is undone, and money given back, after this answer.

    One that is confirmed stays so until shipping has agreed that nothing leaves. Refused once a parcel has left.
    """
    said = _seen(body, if_match)
    asked = CancelOrder(order_id=_own(request, order_id).id, **said)
    return _matched(request, response, idempotency_key, "cancel", asked, if_match)


# Returns


@router.get("/orders/{order_id}/returns", auth=READ, response=list[Return])
def list_returns(request: KeyedRequest, order_id: str) -> list[Return]:
    """What comes back of the order, oldest first."""
    return _returns_of(_own(request, order_id))


def _returns_of(order: OrderRow) -> list[Return]:
    return [made.to_contract() for made in returns.returns_of(order)]


@router.post("/orders/{order_id}/returns", auth=WRITE, response={201: Return})
def request_return(
    request: KeyedRequest, response: HttpResponse, order_id: str, body: Wish, idempotency_key: IdempotencyKey
) -> Status[Return]:
    """Announce that goods come back. At most what has left us and is in no other return."""
    asked = RequestReturn(order_id=_own(request, order_id).id, **_said(body))
    return Status(201, _told(request, response, idempotency_key, "request_return", asked))


@router.post("/orders/{order_id}/returns/{return_id}/receive", auth=key_with("orders:write"), response=Return)
def receive_return(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    return_id: str,
    body: Arrival,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Say what came back, and what of it can be sold again: that goes back on the shelf."""
    asked = ReceiveReturn(**_named(order_id, return_id), **_said(body))
    return _told(request, response, idempotency_key, "receive_return", asked)


@router.post("/orders/{order_id}/returns/{return_id}/refund", auth=key_with("orders:write"), response=Return)
def refund_return(
    request: KeyedRequest, response: HttpResponse, order_id: str, return_id: str, idempotency_key: IdempotencyKey
) -> Any:
    """Give back what was paid for what came back, with tax, without shipping."""
    asked = RefundReturn(**_named(order_id, return_id))
    return _told(request, response, idempotency_key, "refund_return", asked)


@router.post("/orders/{order_id}/returns/{return_id}/reject", auth=key_with("orders:write"), response=Return)
def reject_return(
    request: KeyedRequest,
    response: HttpResponse,
    order_id: str,
    return_id: str,
    body: Rejection,
    idempotency_key: IdempotencyKey,
) -> Any:
    """Do not take goods back that have not come yet."""
    asked = RejectReturn(**_named(order_id, return_id), **_said(body))
    return _told(request, response, idempotency_key, "reject_return", asked)


def _said(body: Contract) -> dict[str, Any]:
    """What the body says, and nothing that it leaves out."""
    return {name: getattr(body, name) for name in body.model_fields_set}


def _seen(body: Cancellation | DraftChange | Placing, if_match: str | None, *, needed: bool = False) -> dict[str, Any]:
    """What the body says, with the version that was seen, told there or by If-Match. Raises Problem: see `expected`."""
    return {**_said(body), "expected_version": expected(if_match, said=body.expected_version, needed=needed)}


def _named(order_id: str, return_id: str) -> dict[str, Any]:
    """Raises OrderNotFound, ReturnNotFound."""
    order = services.found(order_id)
    try:
        return {"order_id": order.id, "return_id": ReturnId.parse(return_id)}
    except ValueError:
        raise ReturnNotFound(order_id=order_id, return_id=return_id) from None


def _settled(order: Order, *, within: float) -> Order:
    """The order as soon as it has an outcome, or as it is when the time is up."""
    until = time.monotonic() + within
    while order.status == "pending" and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)
        order = services.found(order.id).to_contract()
    return order
