"""What crosses the payments facade: requests, answers, refusals, and the payment methods that do tricks."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Money, Refusal

CARD_OK: Final = "pm_card_ok"
CARD_DECLINED: Final = "pm_card_declined"
CARD_SLOW: Final = "pm_card_slow"
CARD_LOST_ANSWER: Final = "pm_card_lost_answer"
CARD_FLAKY: Final = "pm_card_flaky"

CARD_NO_FUNDS: Final = "pm_card_no_funds"
CARD_EXPIRED: Final = "pm_card_expired"
CARD_UNKNOWN: Final = "pm_card_unknown"
CARD_NO_CAPTURE: Final = "pm_card_no_capture"
CARD_NO_REFUND: Final = "pm_card_no_refund"
CARD_DISPUTED: Final = "pm_card_disputed"
CARD_DISPUTE_WON: Final = "pm_card_dispute_won"
CARD_DISPUTE_LOST: Final = "pm_card_dispute_lost"
CARD_TELLS_TWICE: Final = "pm_card_tells_twice"
CARD_TELLS_BACKWARDS: Final = "pm_card_tells_backwards"

MAGIC_METHODS: Final = {
    CARD_OK: "Pays.",
    CARD_DECLINED: "Is declined.",
    CARD_SLOW: "Pays, after a while.",
    CARD_LOST_ANSWER: "Pays, but the first answer to each call gets lost on the way.",
    CARD_FLAKY: "Pays at the third try of each call; the first two fail and do nothing.",
}
"""The payment methods of the simulated provider that a customer may try, and what each does there."""

RARE_METHODS: Final = {
    CARD_NO_FUNDS: "Is declined: insufficient_funds.",
    CARD_EXPIRED: "Is declined: expired_card.",
    CARD_UNKNOWN: "Pays, but holding and taking is never answered; asking what became of it is.",
    CARD_NO_CAPTURE: "Holds the money, and declines to take it: capture_failed.",
    CARD_NO_REFUND: "Pays, and declines to give back a part: refund_failed.",
    CARD_DISPUTED: "Pays; as soon as the money is taken, all of it is charged back. The dispute stays open.",
    CARD_DISPUTE_WON: "The same, and we win: the money is ours again.",
    CARD_DISPUTE_LOST: "The same, and we lose: the money is gone.",
    CARD_TELLS_TWICE: "Pays, and every webhook comes twice.",
    CARD_TELLS_BACKWARDS: "Pays, and webhooks that wait to be sent come in reverse.",
}
"""The payment methods of the simulated provider that show what is rare. Any that is neither here nor above is declined:
no_such_method."""

_METHOD: Final = "As the provider calls it. The simulated one's do tricks. " + " ".join(
    f"`{method}`: {says}" for method, says in (MAGIC_METHODS | RARE_METHODS).items()
)


def _positive(money: Money) -> Money:
    if money.amount <= 0:
        raise ValueError("the amount must be positive")
    return money


PositiveMoney = Annotated[Money, AfterValidator(_positive)]


class PaymentId(Id, prefix="pay"):
    """Names one attempt to take the money for one order."""


class RefundId(Id, prefix="ref"):
    """Names one giving back of money."""


class ReceivedEventId(Id, prefix="pev"):
    """Names what the provider told us once."""


class AuthorizePayment(Contract):
    """Hold this much for the order."""

    order_id: OrderId
    amount: PositiveMoney
    method: str = Field(min_length=1, max_length=64, description=_METHOD, examples=[CARD_OK])


class CapturePayment(Contract):
    """Take this much of what is held for the order."""

    order_id: OrderId
    amount: PositiveMoney


class RefundPayment(Contract):
    """Give back this much of what was captured for the order."""

    order_id: OrderId
    amount: PositiveMoney
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")
    ] = Field(description="For the books. No personal data.", examples=["one mug was broken"])


PaymentState = Literal["processing", "authorized", "captured", "cancelled", "failed", "unknown"]


class Payment(Contract):
    """One attempt to take the money for one order. 0 <= refunded <= captured <= authorized <= amount, in one currency.

    processing: asked for, no answer yet. authorized: held. captured: taken, at least in part. cancelled: undone, what
    was held or taken is given back. failed: declined, for the reason in `failure`. unknown: the answer was lost; the
    provider is being asked.
    """

    id: PaymentId
    order_id: OrderId
    state: PaymentState
    method: str = Field(description=_METHOD, examples=["pm_card_ok"])
    amount: Money
    authorized: Money
    captured: Money
    refunded: Money
    disputed: Money | None = Field(
        default=None, description="What chargebacks have taken back, and not returned. It still counts as captured."
    )
    failure: str | None = Field(
        description="Why the provider declined to hold the money, or has declined since to take it.",
        examples=["card_declined"],
    )
    created_at: datetime


RefundState = Literal["processing", "unknown", "refunded", "failed"]


class Refund(Contract):
    """Money given back on request.

    processing: asked for, and under way. unknown: the answer was lost; the provider is being asked. refunded: given
    back, all of it. failed: declined, for the reason in `failure`; nothing was given back.
    """

    id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    state: RefundState
    amount: Money
    reason: str = Field(examples=["returned"])
    failure: str | None = Field(description="Why the provider declined.", examples=["refund_failed"])
    created_at: datetime


DisputeState = Literal["open", "won", "lost"]


class Dispute(Contract):
    """A chargeback: the customer's bank has taken the money back.

    open: until it is decided. won: the money is ours again. lost: it is gone.
    """

    reference: str = Field(description="The provider's name for it.", examples=["dp_1"])
    payment_id: PaymentId
    state: DisputeState
    amount: Money
    reason: str = Field(examples=["fraudulent"])
    opened_at: datetime


class PaymentIntent(Contract):
    """All that was done to get one order paid: its attempts, what was given back, what was charged back.

    requires_payment_method: the last attempt was declined; another may be made, under another key. processing: the
    provider has not answered yet. requires_capture: the money is held. succeeded: it was taken, at least in part.
    cancelled: the last attempt was undone, or all of it given back; another may be made.
    """

    order_id: OrderId
    state: Literal["requires_payment_method", "processing", "requires_capture", "succeeded", "cancelled"]
    amount: Money = Field(description="What the last attempt was for.")
    attempts: list[Payment] = Field(description="Oldest first. All but the last are over.")
    refunds: list[Refund]
    disputes: list[Dispute]


ReceivedEventState = Literal["received", "done", "unmatched"]


class ReceivedEvent(Contract):
    """What the provider told us by itself.

    received: waits to be worked off. done: the payments of its order were looked after. unmatched: it is about none.
    """

    id: ReceivedEventId
    provider: str = Field(examples=["stripe"])
    event_id: str = Field(description="The provider's.", examples=["evt_1"])
    kind: str = Field(description="The provider's word for it.", examples=["charge.refunded"])
    subject: str = Field(
        description="The provider's name for what it is about.", examples=["ord_01jdc3k5v8e1xszq4b7m2n9htw"]
    )
    state: ReceivedEventState
    order_id: OrderId | None
    received_at: datetime


class Difference(Contract):
    """Something on which our ledger and the provider's statement do not agree.

    missing_here: the provider moved money, and we do not know of it. missing_there: we wrote down what the provider
    does not know. amount: both know of it, by different amounts. unknown: nobody has told us yet what became of it.
    """

    kind: Literal["missing_here", "missing_there", "amount", "unknown"]
    order_id: str = Field(description="As far as it is known.", examples=["ord_01jdc3k5v8e1xszq4b7m2n9htw"])
    movement: str = Field(examples=["captured"])
    reference: str = Field(
        description="The provider's name for the movement; ours for what is unknown.", examples=["ch_1"]
    )
    here: Money | None
    there: Money | None


class Reconciliation(Contract):
    """Our ledger beside the provider's statement, for [since, until)."""

    since: datetime
    until: datetime
    entries: int = Field(description="How many lines of our ledger were compared.")
    postings: int = Field(description="How many lines of the provider's statement were.")
    differences: list[Difference]


class PaymentNotFound(Refusal, says="There is no payment {payment_id}.", status=404):
    """No such payment."""

    payment_id: str


class PaymentDeclined(Refusal, says="The payment for {order_id} was declined: {reason}.", status=422):
    """The provider will not hold the money, or not take what it holds. Another method may work, under another key."""

    order_id: OrderId
    reason: str


class AlreadyBeingPaid(Refusal, says="A payment for {order_id} is under way already.", status=409):
    """An order has one live payment at most; this one came under another key."""

    order_id: OrderId


class NothingToCapture(Refusal, says="Not that much is held for {order_id}.", status=409):
    """Nothing was taken: what is held for the order, if anything, is less or in another currency."""

    order_id: OrderId


class NothingToRefund(Refusal, says="Not that much can be given back for {order_id}.", status=409):
    """Nothing was given back: less was captured, or is left of it, or it is in another currency."""

    order_id: OrderId


class CaptureUndecided(Refusal, says="Nobody knows yet how much was taken for {order_id}.", status=409):
    """Nothing was given back, because a capture has no outcome yet. Once it has, ask under another key."""

    order_id: OrderId


class RefundFailed(Refusal, says="The refund for {order_id} was declined: {reason}.", status=422):
    """The provider says no; nothing was given back."""

    order_id: OrderId
    reason: str
